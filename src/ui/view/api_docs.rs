//! What the page about the JSON API is told.

/// What `/api/docs` is told: the API's own document, as far as people read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiDocsView {
    /// What holds for all of it, in paragraphs.
    pub lead: Vec<String>,
    /// Its parts, in the order to show them.
    pub sections: Vec<ApiSectionView>,
}

/// Some operations that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiSectionView {
    /// The heading.
    pub name: String,
    /// A sentence about it.
    pub lead: String,
    /// The operations.
    pub operations: Vec<ApiOperationView>,
}

/// One operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiOperationView {
    /// `GET`, `POST`, `DELETE`.
    pub method: String,
    /// The path, with its parameters in braces.
    pub path: String,
    /// The heading.
    pub summary: String,
    /// More about it, in paragraphs; code stands between backticks.
    pub description: Vec<String>,
    /// Bodies that may be sent, as JSON.
    pub requests: Vec<String>,
    /// What comes back.
    pub answers: Vec<ApiAnswerView>,
}

/// What comes back with one status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiAnswerView {
    /// The status.
    pub status: String,
    /// What it means, where it is a success.
    pub description: String,
    /// The codes that it may have, where it is a failure, each with its sentence.
    pub codes: Vec<(String, String)>,
    /// Bodies, as JSON.
    pub examples: Vec<String>,
}
