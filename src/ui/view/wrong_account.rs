/// A form was rejected because it was rendered for another account than the one signed in, or for none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongAccountView {
    /// The account that the page was rendered for, if the form says so.
    pub page_of: Option<String>,
    pub signed_in: String,
}
