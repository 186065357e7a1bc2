//! Threat group M: connecting and disconnecting Google Drive and Calendar.

mod connecting;
mod disconnecting;
mod secrecy;
