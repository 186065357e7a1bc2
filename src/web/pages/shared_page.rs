//! A page that most visitors see alike, such as the login page: rendered again only when it has changed.

use std::sync::{Arc, Mutex, PoisonError};

/// The document of the last view.
#[derive(Debug)]
pub struct SharedPage<V>(Mutex<Option<Arc<Rendered<V>>>>);

#[derive(Debug)]
struct Rendered<V> {
    view: V,
    /// What stands between the places of the nonce, which differs with each response.
    pieces: Vec<String>,
}

impl<V> Default for SharedPage<V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<V: Clone + PartialEq> SharedPage<V> {
    /// The document for this view and nonce. Nothing else may decide what `render` returns, and no visitor's own text may be in
    /// the view: where it repeated a nonce, it would get the next one.
    ///
    /// # Errors
    /// Of `render`.
    pub fn html<E>(&self, view: V, nonce: &str, render: impl FnOnce(V) -> Result<String, E>) -> Result<String, E> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(last) = last.filter(|last| last.view == view) {
            return Ok(last.pieces.join(nonce));
        }
        let html = render(view.clone())?;
        let pieces = html.split(nonce).map(str::to_owned).collect();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(Rendered { view, pieces }));
        Ok(html)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    #[test]
    fn a_page_is_rendered_again_when_its_view_changes_and_has_the_nonce_of_each_response() {
        let (shared, mut renderings) = (SharedPage::default(), 0);
        let mut html = |view: &'static str, nonce: &str| {
            let render = |view| {
                renderings += 1;
                Ok::<_, Infallible>(format!("<script nonce={nonce}>{view}</script><script nonce={nonce}>"))
            };
            let Ok(html) = shared.html(view, nonce, render);
            html
        };
        assert_eq!(html("a", "n1"), "<script nonce=n1>a</script><script nonce=n1>");
        assert_eq!(html("a", "n2"), "<script nonce=n2>a</script><script nonce=n2>");
        assert_eq!(html("b", "n3"), "<script nonce=n3>b</script><script nonce=n3>");
        assert_eq!(html("b", "n4"), "<script nonce=n4>b</script><script nonce=n4>");
        assert_eq!(renderings, 2);
    }
}
