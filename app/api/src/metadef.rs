//! Glance's metadata definitions: namespaces of properties that images, flavors and instances may carry, with their types. They drive the
//! property editors; a property that no namespace defines is a text like any other.

use crate::{FlavorId, InstanceId, Kind, Result, Why, caller::Caller};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What kind of thing a namespace is for, by Glance's (Heat's) names of resource types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ResourceType {
    #[serde(rename = "OS::Glance::Image")]
    Image,
    #[serde(rename = "OS::Nova::Flavor")]
    Flavor,
    #[serde(rename = "OS::Nova::Server")]
    Instance,
}

impl ResourceType {
    pub const ALL: [ResourceType; 3] = [ResourceType::Image, ResourceType::Flavor, ResourceType::Instance];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "OS::Glance::Image",
            Self::Flavor => "OS::Nova::Flavor",
            Self::Instance => "OS::Nova::Server",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// The type of a property's value, in JSON Schema's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PropertyType {
    String,
    Integer,
    Number,
    Boolean,
    Array,
}

impl PropertyType {
    pub const ALL: [PropertyType; 5] =
        [PropertyType::String, PropertyType::Integer, PropertyType::Number, PropertyType::Boolean, PropertyType::Array];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Array => "array",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// One property that a namespace defines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    pub name: String,
    pub title: String,
    pub description: String,
    pub kind: PropertyType,
    /// Empty: any value of the type.
    pub choices: Vec<String>,
    pub minimum: Option<i64>,
    pub maximum: Option<i64>,
    pub default: Option<String>,
}

impl Property {
    /// The longest value, in characters.
    pub const VALUE_MAX: usize = 255;

    /// Whether the value is one of this property's.
    pub fn check(&self, value: &str) -> std::result::Result<(), Why> {
        crate::name::line(value, Self::VALUE_MAX)?;
        let fits = match self.kind {
            _ if !self.choices.is_empty() && self.kind != PropertyType::Array => {
                return if self.choices.iter().any(|choice| choice == value) { Ok(()) } else { Err(Why::NotAChoice) };
            }
            PropertyType::Boolean => {
                return if matches!(value, "true" | "false") { Ok(()) } else { Err(Why::NotAChoice) };
            }
            PropertyType::Integer => {
                let number: i64 = value.parse().map_err(|_| Why::NotAnInteger)?;
                self.minimum.is_none_or(|least| number >= least) && self.maximum.is_none_or(|most| number <= most)
            }
            PropertyType::Number => return value.parse::<f64>().map(|_| ()).map_err(|_| Why::NotAnInteger),
            PropertyType::Array if self.choices.is_empty() => true,
            PropertyType::Array => {
                return if value.split(',').all(|part| self.choices.iter().any(|choice| choice == part.trim())) {
                    Ok(())
                } else {
                    Err(Why::NotAChoice)
                };
            }
            PropertyType::String => true,
        };
        let range = || Why::Range { min: self.minimum.unwrap_or(i64::MIN), max: self.maximum.unwrap_or(i64::MAX) };
        if fits { Ok(()) } else { Err(range()) }
    }
}

/// A namespace and what it defines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Namespace {
    /// Unique: `OS::Compute::Watchdog`.
    pub name: String,
    pub title: String,
    pub description: String,
    /// What it is for.
    pub resource_types: Vec<ResourceType>,
    pub properties: Vec<Property>,
}

/// What carries properties besides images: Nova's extra specs and metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Carrier {
    Flavor(FlavorId),
    Instance(InstanceId),
}

impl Carrier {
    pub fn kind(self) -> Kind {
        match self {
            Self::Flavor(_) => Kind::Flavor,
            Self::Instance(_) => Kind::Instance,
        }
    }

    pub fn resource(self) -> ResourceType {
        match self {
            Self::Flavor(_) => ResourceType::Flavor,
            Self::Instance(_) => ResourceType::Instance,
        }
    }
}

/// What one of them carries, and what it may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Properties {
    /// The thing's own name.
    pub name: String,
    pub values: BTreeMap<String, String>,
    pub namespaces: Vec<Namespace>,
}

impl Properties {
    /// Stands for the values in a form: another text for other values.
    pub fn seen(values: &BTreeMap<String, String>) -> String {
        values.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("\n")
    }
}

/// What a form makes of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PropertyChange {
    /// The properties that have a field of their own; an empty value means none.
    pub properties: BTreeMap<String, String>,
    /// The others: `name=value`, one a line.
    pub others: String,
    /// [`Properties::seen`] of those that the form was made from: what somebody else has changed since is not overwritten.
    pub seen: String,
}

/// The metadata definitions.
#[async_trait]
pub trait Metadefs: Send + Sync {
    /// The namespaces that are for that type of resource, by title.
    async fn namespace_list(&self, caller: &Caller, resource: ResourceType) -> Result<Vec<Namespace>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_typed() {
        fn check(kind: PropertyType, choices: &[&str], value: &str, expected: std::result::Result<(), Why>) {
            let property = Property {
                name: "p".into(),
                title: "P".into(),
                description: String::new(),
                kind,
                choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
                minimum: Some(1),
                maximum: Some(8),
                default: None,
            };
            assert_eq!(property.check(value), expected, "{kind:?} {value}");
        }
        check(PropertyType::String, &[], "anything 있는", Ok(()));
        check(PropertyType::String, &[], "two\nlines", Err(Why::ControlCharacters));
        check(PropertyType::String, &["virtio", "scsi"], "scsi", Ok(()));
        check(PropertyType::String, &["virtio", "scsi"], "ide", Err(Why::NotAChoice));
        check(PropertyType::Integer, &[], "8", Ok(()));
        check(PropertyType::Integer, &[], "9", Err(Why::Range { min: 1, max: 8 }));
        check(PropertyType::Integer, &[], "x", Err(Why::NotAnInteger));
        check(PropertyType::Boolean, &[], "true", Ok(()));
        check(PropertyType::Boolean, &[], "yes", Err(Why::NotAChoice));
        check(PropertyType::Array, &["a", "b"], "a, b", Ok(()));
        check(PropertyType::Array, &["a", "b"], "a, c", Err(Why::NotAChoice));
    }
}
