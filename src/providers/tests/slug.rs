//! A slug is a path segment, a cookie's part and a word in a log line.

use rstest::rstest;

use super::*;

#[rstest]
#[case("google")]
#[case("my_idp-2")]
fn a_slug_is_safe_everywhere(#[case] text: &str) {
    assert_eq!(Slug::parse(text).unwrap().as_str(), text);
}

#[rstest]
#[case("")]
#[case("Google")]
#[case("2fast")]
#[case("a/b")]
#[case("a.b")]
#[case("..")]
#[case("a%2e")]
#[case("abcdefghijklmnopqrstuvwxyzabcdefg")]
fn anything_else_is_no_slug(#[case] text: &str) {
    assert_eq!(Slug::parse(text), None);
}
