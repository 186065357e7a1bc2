//! What a kept form does, in words.

/// What a form does, and its fields as the person knows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnsentWords {
    /// After "You asked us to".
    pub asked: &'static str,
    /// What sends it.
    pub send: &'static str,
    /// Where the person goes who does not send it.
    pub page: &'static str,
    /// Fields to show, by their names, with their labels.
    pub fields: &'static [(&'static str, &'static str)],
}

/// By the path of the form's server function. `None` for forms that are not kept.
pub fn unsent(path: &str) -> Option<UnsentWords> {
    Some(match path {
        "/settings/profile" => {
            UnsentWords { asked: "change your name", send: "Save name", page: "/settings", fields: &[("name", "Name")] }
        }
        "/settings/email" => UnsentWords {
            asked: "send a confirmation email to a new address",
            send: "Send email",
            page: "/settings/email",
            fields: &[("email", "Email address")],
        },
        "/settings/passkeys/rename" => UnsentWords {
            asked: "rename a passkey",
            send: "Save name",
            page: "/settings/security",
            fields: &[("name", "New name")],
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::FORMS;

    #[test]
    fn every_kept_form_has_words_and_no_other() {
        for form in FORMS {
            let words = unsent(form.path);
            assert_eq!(words.is_some(), !form.keeps.is_empty(), "{form:?}");
            let shown = words.iter().flat_map(|words| words.fields);
            assert!(shown.map(|(name, _)| name).all(|name| form.keeps.contains(name)), "{form:?}");
        }
    }
}
