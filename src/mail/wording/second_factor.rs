//! Two-step verification.

use super::{CHECK, NOTHING_TO_DO, Words, Writer, texts};
use crate::accounts::EmailToken;

pub(super) fn added(writer: &Writer<'_>, link: &EmailToken) -> Words {
    let at = writer.at();
    Words {
        subject: format!("Two-step verification was turned on at {at}"),
        news: vec![format!(
            "Signing in to your account at {at} now also needs a code from an authenticator app. Keep your recovery codes: they let you in if you lose your phone."
        )],
        action: writer.undo(link),
        closing: texts([NOTHING_TO_DO]),
    }
}

pub(super) fn replaced(writer: &Writer<'_>, link: &EmailToken) -> Words {
    let at = writer.at();
    Words {
        subject: format!("The authenticator app for your account at {at} was replaced"),
        news: vec![format!(
            "Another authenticator app now makes the codes for your account at {at}. The earlier app and its recovery codes no longer work."
        )],
        action: writer.protect(link),
        closing: texts([NOTHING_TO_DO]),
    }
}

pub(super) fn removed(writer: &Writer<'_>, link: &EmailToken) -> Words {
    let at = writer.at();
    Words {
        subject: format!("Two-step verification was turned off at {at}"),
        news: vec![format!("Signing in to your account at {at} no longer needs a code from an authenticator app.")],
        action: writer.protect(link),
        closing: texts([NOTHING_TO_DO]),
    }
}

pub(super) fn recovery_codes_replaced(writer: &Writer<'_>) -> Words {
    let at = writer.at();
    Words {
        subject: format!("New recovery codes for your account at {at}"),
        news: vec![format!("Your account at {at} has new recovery codes. The earlier ones no longer work.")],
        action: writer.page(CHECK, "Sign in", "/login"),
        closing: texts([NOTHING_TO_DO]),
    }
}

pub(super) fn recovery_code_used(writer: &Writer<'_>, left: u32) -> Words {
    let at = writer.at();
    Words {
        subject: format!("A recovery code for your account at {at} was used"),
        news: vec![
            format!("Someone – hopefully you – used one of your recovery codes at {at}. It no longer works."),
            match left {
                0 => "No codes are left. Get new ones in your settings.".to_owned(),
                1 => "One code is left. Get new ones in your settings.".to_owned(),
                left => format!("{left} codes are left."),
            },
        ],
        action: writer.page(CHECK, "Sign in", "/login"),
        closing: texts([NOTHING_TO_DO]),
    }
}
