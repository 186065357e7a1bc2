//! Access to a provider's APIs that a user can grant beyond signing in.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::codes;

codes! {
    /// One kind of API access, requested when a page first needs it. Forms and pending flows carry the code.
    Access {
        /// Names, types and dates of the files in Google Drive, not their contents.
        Drive = "drive",
        /// The events of the user's primary Google Calendar.
        Calendar = "calendar",
    }
}

impl Access {
    /// The page that needs this access and requests it.
    pub const fn page(self) -> &'static str {
        match self {
            Self::Drive => "/drive",
            Self::Calendar => "/calendar",
        }
    }
}

impl Serialize for Access {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Access {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::from_code(&code).ok_or_else(|| D::Error::custom("unknown access code"))
    }
}
