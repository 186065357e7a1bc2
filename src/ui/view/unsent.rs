//! `/unsent`.

/// A form that was submitted after its session ended; `None` if there is none to send.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnsentView(pub Option<UnsentFormView>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsentFormView {
    pub id: String,
    /// The form, by the path of its server function.
    pub path: &'static str,
    /// Names and values.
    pub fields: Vec<(String, String)>,
}
