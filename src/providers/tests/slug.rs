//! A slug is a path segment, part of a cookie's name and a word in a log line.

use rstest::rstest;

use super::*;

#[rstest]
#[case("google")]
#[case("my_idp-2")]
fn a_slug_is_lower_case_letters_digits_and_dashes(#[case] text: &str) {
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
fn anything_else_is_rejected(#[case] text: &str) {
    assert_eq!(Slug::parse(text), None);
}
