//! The cache of verified tokens.

use std::{collections::HashMap, sync::Arc};

use super::*;
use crate::tokens::{
    key_set::KeySet,
    verified::{VerifiedTokens, fingerprint},
};

/// A clock that was ahead steps back: what it issued meanwhile must not last for longer.
#[test]
fn a_cached_token_is_not_valid_before_it_was_issued() {
    let key = new_key();
    let keys = KeySet::of(&[stored(&key)], &mut HashMap::new());
    let (cache, token) = (VerifiedTokens::default(), fingerprint("a token"));
    cache.insert(token, &key.kid, &Arc::new(verify(&issued()).unwrap()), NOW);
    for (now, is_valid) in [(NOW, true), (NOW - 60, true), (NOW - 61, false), (NOW + 299, true), (NOW + 300, false)] {
        assert_eq!(cache.get(&token, &keys, now).is_some(), is_valid, "{now}");
    }
}
