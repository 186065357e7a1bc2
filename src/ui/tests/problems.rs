//! The error pages, which have no script.

use super::document::is_a_sound_document;
use crate::ui::{
    app::problem_html,
    view::{Assets, Problem},
};

const PROBLEMS: [Problem; 7] = [
    Problem::NotFound,
    Problem::CrossOrigin,
    Problem::MethodNotAllowed,
    Problem::BadRequest,
    Problem::TooManyRequests,
    Problem::ServerError,
    Problem::Unavailable,
];

#[test]
fn every_problem_has_a_page_with_a_way_home_and_no_script() {
    for problem in PROBLEMS {
        let html = problem_html(problem, &Assets::default());
        is_a_sound_document(&html);
        assert!(!html.contains("<script") && !html.contains("leptos-island"), "{html}");
        assert!(html.contains("href=\"/\" class=\"button\""), "{html}");
    }
}
