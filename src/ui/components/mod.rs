//! The pieces that pages are made of. Drawn on the server only.

pub mod avatar;
pub mod connect;
pub mod disconnect;
pub mod field;
pub mod file_icon;
pub mod form;
pub mod frame;
pub mod mark;
pub mod moment;
pub mod notice;
pub mod sheet;
pub mod ways;
pub mod worn_out;
