//! The URLs that replace those of the providers.

use super::server::Sandbox;
use super::{apple, github, google, microsoft};

impl Sandbox {
    /// `APPLE_ISSUER`: replaces `https://appleid.apple.com`.
    pub fn apple_issuer(&self) -> String {
        apple::issuer(self.origin())
    }

    /// `MICROSOFT_URL`: replaces `https://login.microsoftonline.com`.
    pub fn microsoft_url(&self) -> String {
        microsoft::base(self.origin())
    }

    /// `GOOGLE_ISSUER`: replaces `https://accounts.google.com`.
    pub fn google_issuer(&self) -> String {
        google::issuer(self.origin())
    }

    /// `GOOGLE_API_URL`: replaces `https://www.googleapis.com` (Drive and Calendar).
    pub fn google_api_url(&self) -> String {
        google::api_url(self.origin())
    }

    /// `GITHUB_URL`: replaces `https://github.com`.
    pub fn github_url(&self) -> String {
        format!("{}/github", self.origin())
    }

    /// `GITHUB_API_URL`: replaces `https://api.github.com`.
    pub fn github_api_url(&self) -> String {
        format!("{}/github-api", self.origin())
    }

    /// The `iss` that GitHub sends after the command `{"iss": "right"}`.
    pub fn github_issuer(&self) -> String {
        format!("{}{}", self.origin(), github::FACTS.issuer)
    }

    /// `FACEBOOK_URL`: replaces `https://www.facebook.com`.
    pub fn facebook_url(&self) -> String {
        format!("{}/facebook", self.origin())
    }

    /// `FACEBOOK_GRAPH_URL`: replaces `https://graph.facebook.com`.
    pub fn facebook_graph_url(&self) -> String {
        format!("{}/facebook-graph", self.origin())
    }

    /// `X_URL`: replaces `https://x.com`.
    pub fn x_url(&self) -> String {
        format!("{}/x", self.origin())
    }

    /// `X_API_URL`: replaces `https://api.x.com`.
    pub fn x_api_url(&self) -> String {
        format!("{}/x-api", self.origin())
    }
}
