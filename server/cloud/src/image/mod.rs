//! Images: what is uploaded, what is accepted and where it is kept.

pub mod inspect;
