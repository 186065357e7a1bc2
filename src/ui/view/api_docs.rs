//! `/api/docs`: the OpenAPI document, as far as people read it. Prose has code between backticks.

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiDocsView {
    /// Paragraphs about the whole API.
    pub lead: Vec<String>,
    /// In the order to show them.
    pub sections: Vec<ApiSectionView>,
    /// The members of every error.
    pub error: Vec<ApiMembersView>,
    /// Every error.
    pub errors: Vec<ApiErrorView>,
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
    /// Its name in generated clients, and its anchor.
    pub id: String,
    /// `GET`, `POST`, `DELETE`.
    pub method: String,
    /// With its parameters in braces.
    pub path: String,
    pub summary: String,
    /// Paragraphs.
    pub description: Vec<String>,
    /// What authenticates the caller; `None` if nothing has to.
    pub credentials: Option<String>,
    /// In the path, then in the body; a table for each alternative.
    pub parameters: Vec<ApiMembersView>,
    /// When a body is needed.
    pub body_note: String,
    pub samples: Vec<ApiSampleView>,
    pub answers: Vec<ApiAnswerView>,
    pub errors: Vec<ApiErrorView>,
}

/// Members of a JSON object, or parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiMembersView {
    pub title: String,
    /// Which alternative this is.
    pub note: String,
    pub members: Vec<ApiMemberView>,
}

impl ApiMembersView {
    pub fn titled(self, title: &str) -> Self {
        Self { title: title.to_owned(), ..self }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiMemberView {
    /// With those of its owners: `sessions[].id`.
    pub name: String,
    /// The type in words: `string or null`.
    pub kind: String,
    pub required: bool,
    pub description: String,
}

/// Code to copy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiSampleView {
    /// `curl`, `fetch`, `JSON`.
    pub label: String,
    /// Which case this is.
    pub note: String,
    pub code: String,
}

/// A successful answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiAnswerView {
    pub status: String,
    pub description: String,
    /// A table for each alternative.
    pub members: Vec<ApiMembersView>,
    pub samples: Vec<ApiSampleView>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiErrorView {
    pub status: u16,
    pub code: String,
    pub meaning: String,
}
