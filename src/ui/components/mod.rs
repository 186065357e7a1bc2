//! The parts of pages. Rendered on the server only.

pub mod avatar;
pub mod card_page;
pub mod connect;
pub mod device_icon;
pub mod disconnect;
pub mod emailed_code;
pub mod expired_link;
pub mod field;
pub mod file_icon;
pub mod fixed;
pub mod form;
pub mod frame;
pub mod line_icon;
pub mod mark;
pub mod notice;
pub mod older_activity;
pub mod qr_code;
pub mod sandbox_bar;
pub mod sign_in_methods;
pub mod timestamp;
