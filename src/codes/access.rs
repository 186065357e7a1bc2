//! What a person may let us see at a provider, beyond who they are.

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
