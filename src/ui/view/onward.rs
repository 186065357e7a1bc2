/// The page that sends the browser on to a provider after a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnwardView {
    /// The provider's label.
    pub provider: String,
    /// Our authorization request.
    pub url: String,
}
