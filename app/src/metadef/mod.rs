//! Properties: the fields for those that the metadata definitions know, and the pages of flavors' and instances' own.

pub mod calls;
mod properties_page;
mod property_fields;

pub use properties_page::{FlavorProperties, InstanceProperties};
pub use property_fields::PropertyFields;
