//! Mailboxes that people open in a browser.

/// Domains, name and address.
const MAILBOXES: [(&[&str], &str, &str); 6] = [
    (&["gmail.com", "googlemail.com"], "Gmail", "https://mail.google.com/"),
    (&["outlook.com", "hotmail.com", "live.com", "msn.com"], "Outlook", "https://outlook.live.com/mail/"),
    (&["icloud.com", "me.com", "mac.com"], "iCloud Mail", "https://www.icloud.com/mail"),
    (&["yahoo.com", "yahoo.co.uk", "ymail.com"], "Yahoo Mail", "https://mail.yahoo.com/"),
    (&["proton.me", "protonmail.com"], "Proton Mail", "https://mail.proton.me/"),
    (&["gmx.net", "gmx.de", "gmx.com"], "GMX", "https://www.gmx.net/"),
];

/// Name and address of the mailbox of an email address. Only from this list: the address is what someone typed.
pub fn webmail(email: &str) -> Option<(&'static str, &'static str)> {
    let domain = email.rsplit_once('@')?.1.to_ascii_lowercase();
    MAILBOXES.iter().find(|(domains, ..)| domains.contains(&domain.as_str())).map(|(_, name, url)| (*name, *url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_domains_have_a_mailbox_and_others_none() {
        assert_eq!(webmail("Ada@GMail.com").map(|(name, _)| name), Some("Gmail"));
        assert_eq!(webmail("ada@example.com"), None);
        assert_eq!(webmail("gmail.com"), None);
    }
}
