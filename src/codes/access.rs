//! What a person may let us see at a provider, beyond who they are.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::outcome::codes;

codes! {
    /// One thing that we ask for at the moment of need. The code stands in forms and in flows.
    Access {
        /// Names, kinds and dates of the files in Google Drive, not what is in them.
        Drive = "drive",
        /// The events of the person's main calendar at Google.
        Calendar = "calendar",
    }
}

impl Access {
    /// The page that shows it, and asks for it.
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
        Self::from_code(&code).ok_or_else(|| D::Error::custom("not something that we ask for"))
    }
}
