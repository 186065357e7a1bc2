//! A page that most visitors see alike, such as the login page: rendered and compressed again only when it has changed.

use std::sync::{Arc, Mutex, PoisonError};

use super::spliced::Spliced;

/// The document of the last view.
#[derive(Debug)]
pub struct SharedPage<V>(Mutex<Option<Arc<Rendered<V>>>>);

#[derive(Debug)]
struct Rendered<V> {
    view: V,
    /// The word is the nonce.
    document: Spliced,
}

/// A document as it is sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Document {
    Html(String),
    Gzip(Vec<u8>),
}

impl<V> Default for SharedPage<V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<V: Clone + PartialEq> SharedPage<V> {
    /// The document for this view and nonce, compressed if `gzip`. Nothing else may decide what `render` returns, and no visitor's
    /// own text may be in the view: where it repeated a nonce, it would get the next one.
    ///
    /// # Errors
    /// Of `render`.
    pub fn document<E>(
        &self,
        view: V,
        nonce: &str,
        gzip: bool,
        render: impl FnOnce(V) -> Result<String, E>,
    ) -> Result<Document, E> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let rendered = match last.filter(|last| last.view == view) {
            Some(last) => last,
            None => {
                let document = Spliced::new(&render(view.clone())?, nonce);
                let rendered = Arc::new(Rendered { view, document });
                *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&rendered));
                rendered
            }
        };
        let compressed = if gzip { rendered.document.gzip(nonce) } else { None };
        Ok(compressed.map_or_else(|| Document::Html(rendered.document.text(nonce)), Document::Gzip))
    }
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, io::Read};

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn a_page_is_rendered_again_when_its_view_changes_and_has_the_nonce_of_each_response() {
        let (shared, mut renderings) = (SharedPage::default(), 0);
        let mut html = |view: &'static str, nonce: &str, gzip| {
            let render = |view| {
                renderings += 1;
                Ok::<_, Infallible>(format!("<script nonce={nonce}>{view}</script><script nonce={nonce}>"))
            };
            let Ok(document) = shared.document(view, nonce, gzip, render);
            match document {
                Document::Html(html) => html,
                Document::Gzip(file) => {
                    assert!(gzip);
                    std::io::read_to_string(GzDecoder::new(file.as_slice()).take(1_000)).unwrap()
                }
            }
        };
        assert_eq!(html("a", "n1", false), "<script nonce=n1>a</script><script nonce=n1>");
        assert_eq!(html("a", "n2", true), "<script nonce=n2>a</script><script nonce=n2>");
        assert_eq!(html("b", "n3", true), "<script nonce=n3>b</script><script nonce=n3>");
        assert_eq!(html("b", "n4", false), "<script nonce=n4>b</script><script nonce=n4>");
        assert_eq!(renderings, 2);
    }
}
