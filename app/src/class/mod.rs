//! Classes: what teachers do with many users and projects at once, and the page that students come by.

pub mod calls;
mod class_create;
mod class_edit;
mod class_list;
mod class_page;
mod join;
mod roster;
mod seat_list;
mod sheet;

pub use class_create::ClassCreatePage;
pub use class_edit::ClassEditPage;
pub use class_list::Classes;
pub use class_page::ClassPage;
pub use join::JoinPage;
