//! `/api/docs`: the OpenAPI document, as far as people read it.

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiDocsView {
    /// Paragraphs about the whole API.
    pub lead: Vec<String>,
    /// In the order to show them.
    pub sections: Vec<ApiSectionView>,
}

/// A group of operations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiSectionView {
    pub name: String,
    pub lead: String,
    pub operations: Vec<ApiOperationView>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiOperationView {
    /// `GET`, `POST`, `DELETE`.
    pub method: String,
    /// With its parameters in braces.
    pub path: String,
    pub summary: String,
    /// Paragraphs; code stands between backticks.
    pub description: Vec<String>,
    /// Request bodies, as JSON.
    pub requests: Vec<String>,
    pub answers: Vec<ApiAnswerView>,
}

/// The responses with one status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiAnswerView {
    pub status: String,
    /// For a success.
    pub description: String,
    /// For a failure: error codes, each with its sentence.
    pub codes: Vec<(String, String)>,
    /// Response bodies, as JSON.
    pub examples: Vec<String>,
}
