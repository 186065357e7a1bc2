use std::collections::BTreeSet;

use super::{
    access::Access,
    api_error::ApiError,
    done::Done,
    files::{FileKind, FileSort},
    form_error::FormError,
    page_error::PageError,
    sign_in_error::SignInError,
};

macro_rules! every_list {
    ($check:ident: $($list:ident),+ $(,)?) => {
        $($check(stringify!($list), $list::ALL, $list::code, $list::from_code);)+
    };
}

fn is_sound<T: Copy + PartialEq>(
    list: &str,
    all: &[T],
    code: impl Fn(T) -> &'static str,
    from_code: impl Fn(&str) -> Option<T>,
) {
    let codes: BTreeSet<_> = all.iter().map(|value| code(*value)).collect();
    assert_eq!(codes.len(), all.len(), "{list}");
    for value in all.iter().copied() {
        assert!(from_code(code(value)) == Some(value), "{list}: {}", code(value));
        assert!(code(value).bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{list}: {}", code(value));
    }
    for unknown in ["", "<script>", "Unavailable"] {
        assert!(from_code(unknown).is_none(), "{list}: {unknown}");
    }
}

#[test]
fn codes_are_unique_and_parse_back() {
    every_list!(is_sound: Access, ApiError, Done, FileKind, FileSort, FormError, PageError, SignInError);
}
