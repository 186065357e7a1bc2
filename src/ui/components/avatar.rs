//! The person's picture; initials if there is none or it does not load.

use leptos::prelude::*;

use crate::ui::{
    markup::{IntoMarkup, Markup},
    template::{Fill, Template},
};

#[component]
pub fn Avatar(name: String, picture: Option<String>) -> Markup {
    static INITIALS: Template<1> = Template::new(|[initials]| {
        view! {
            <span class="avatar" aria-hidden="true">
                <span class="avatar-initials">{initials}</span>
            </span>
        }
        .into_markup()
    });
    static PICTURE: Template<2> = Template::new(|[initials, src]| {
        view! {
            <span class="avatar" aria-hidden="true">
                <span class="avatar-initials">{initials}</span>
                // The provider should not learn which page shows it.
                <img
                    class="avatar-picture"
                    src=src
                    alt=""
                    data-initials=initials
                    width="72"
                    height="72"
                    referrerpolicy="no-referrer"
                />
            </span>
        }
        .into_markup()
    });
    let initials = initials(&name);
    match picture.filter(|url| is_picture_url(url)) {
        Some(src) => PICTURE.fill([Fill::Text(&initials), Fill::Text(&src)]),
        None => INITIALS.fill([Fill::Text(&initials)]),
    }
}

/// https, or the sandbox on this machine. Nothing else is loaded.
fn is_picture_url(url: &str) -> bool {
    ["https://", "http://localhost:", "http://127.0.0.1:"].iter().any(|start| url.starts_with(start))
}

fn initials(name: &str) -> String {
    let mut words = name.split(|c: char| c.is_whitespace() || c == '@').filter_map(|word| word.chars().next());
    let first = words.next();
    let last = if name.contains('@') { None } else { words.next_back() };
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_come_from_the_first_and_last_word() {
        assert_eq!(initials("Ada King Lovelace"), "AL");
        assert_eq!(initials("  ada  "), "A");
        assert_eq!(initials("ada@example.com"), "A");
        assert_eq!(initials("Ötzi ßmith"), "ÖSS");
        assert_eq!(initials(""), "");
    }

    #[test]
    fn only_https_and_local_pictures_are_loaded() {
        assert!(is_picture_url("https://lh3.googleusercontent.com/a/x"));
        assert!(is_picture_url("http://localhost:3100/persons/ada.svg"));
        assert!(!is_picture_url("http://example.com/x.png"));
        assert!(!is_picture_url("http://localhost.example.com/x.png"));
        assert!(!is_picture_url("javascript:alert(1)"));
        assert!(!is_picture_url("data:image/svg+xml,x"));
    }
}
