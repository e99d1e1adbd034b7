//! Namespaces as Glance writes them, in JSON. Pure.

use api::metadef::{Namespace, Property, PropertyType, ResourceType};
use serde_json::{Map, Value};

/// The most properties that a namespace may define.
const PROPERTIES_MAX: usize = 500;
/// The longest text in it, in characters.
const TEXT_MAX: usize = 1000;

/// What a document lacks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadNamespace {
    #[error("It is not JSON: {0}.")]
    Json(String),
    #[error("“{0}” is missing, or is not of the type that Glance gives it.")]
    Missing(String),
    #[error("“{0}” is too long.")]
    TooLong(String),
    #[error("The type “{0}” is none of string, integer, number, boolean and array.")]
    Type(String),
}

/// Reads a document. Properties get the prefix of the resource type, if it has one: that is their name on a resource of that type.
pub fn namespace(text: &str, resource: ResourceType) -> Result<Option<Namespace>, BadNamespace> {
    let document: Value = serde_json::from_str(text).map_err(|error| BadNamespace::Json(error.to_string()))?;
    let name = string(&document, "namespace")?.ok_or_else(|| BadNamespace::Missing("namespace".into()))?;
    let associations = document.get("resource_type_associations").and_then(Value::as_array);
    let of = |association: &Value| {
        let kind = ResourceType::parse(association.get("name")?.as_str()?)?;
        Some((kind, association.get("prefix").and_then(Value::as_str).unwrap_or_default().to_owned()))
    };
    let associations: Vec<(ResourceType, String)> = associations.into_iter().flatten().filter_map(of).collect();
    let mut defined = Vec::new();
    let empty = Map::new();
    let own = document.get("properties").map_or(Ok(&empty), |it| object(it, "properties"))?;
    collect(own, &mut defined)?;
    for grouped in document.get("objects").and_then(Value::as_array).into_iter().flatten() {
        let group = grouped.get("properties").map_or(Ok(&empty), |it| object(it, "properties"))?;
        collect(group, &mut defined)?;
    }
    if defined.len() > PROPERTIES_MAX {
        return Err(BadNamespace::TooLong("properties".into()));
    }
    let Some((_, prefix)) = associations.iter().find(|(kind, _)| *kind == resource) else { return Ok(None) };
    for property in &mut defined {
        property.name.insert_str(0, prefix);
    }
    Ok(Some(Namespace {
        title: string(&document, "display_name")?.unwrap_or_else(|| name.clone()),
        description: string(&document, "description")?.unwrap_or_default(),
        resource_types: associations.iter().map(|(kind, _)| *kind).collect(),
        properties: defined,
        name,
    }))
}

fn collect(from: &Map<String, Value>, into: &mut Vec<Property>) -> Result<(), BadNamespace> {
    for (name, definition) in from {
        let kind = string(definition, "type")?.ok_or_else(|| BadNamespace::Missing(format!("{name}.type")))?;
        let kind = PropertyType::parse(&kind).ok_or(BadNamespace::Type(kind))?;
        // The choices of a list stand with its items.
        let choices = definition.get("enum").or_else(|| definition.get("items")?.get("enum"));
        let number = |key: &str| definition.get(key).and_then(Value::as_i64);
        into.push(Property {
            name: checked(name, name)?,
            title: string(definition, "title")?.unwrap_or_else(|| name.clone()),
            description: string(definition, "description")?.unwrap_or_default(),
            kind,
            choices: choices.and_then(Value::as_array).into_iter().flatten().filter_map(shown).collect(),
            minimum: number("minimum"),
            maximum: number("maximum"),
            default: definition.get("default").and_then(shown),
        });
    }
    Ok(())
}

/// A value as it stands on a resource: all are texts there.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}

fn object<'a>(value: &'a Value, name: &str) -> Result<&'a Map<String, Value>, BadNamespace> {
    value.as_object().ok_or_else(|| BadNamespace::Missing(name.to_owned()))
}

fn string(value: &Value, key: &str) -> Result<Option<String>, BadNamespace> {
    match value.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => checked(text, key).map(Some),
        Some(_) => Err(BadNamespace::Missing(key.to_owned())),
    }
}

fn checked(text: &str, key: &str) -> Result<String, BadNamespace> {
    let fits = text.chars().count() <= TEXT_MAX;
    if fits { Ok(text.to_owned()) } else { Err(BadNamespace::TooLong(key.chars().take(64).collect())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_belongs_to_the_type() {
        let text = r#"{"namespace": "N", "resource_type_associations":
            [{"name": "OS::Glance::Image", "prefix": "hw_"}, {"name": "OS::Nova::Flavor", "prefix": "hw:"}, {"name": "Other"}],
            "properties": {"cores": {"title": "Cores", "type": "integer", "minimum": 1, "default": 4}},
            "objects": [{"name": "o", "properties": {"mode": {"title": "Mode", "type": "array", "items": {"type": "string", "enum": ["a", "b"]}}}}]}"#;
        let image = namespace(text, ResourceType::Image).unwrap().unwrap();
        let names: Vec<_> = image.properties.iter().map(|property| property.name.as_str()).collect();
        assert_eq!(names, ["hw_cores", "hw_mode"]);
        assert_eq!((image.properties[0].minimum, image.properties[0].default.as_deref()), (Some(1), Some("4")));
        assert_eq!(image.properties[1].choices, ["a", "b"]);
        assert_eq!(image.resource_types, [ResourceType::Image, ResourceType::Flavor]);
        assert_eq!(namespace(text, ResourceType::Flavor).unwrap().unwrap().properties[0].name, "hw:cores");
        assert_eq!(namespace(text, ResourceType::Instance), Ok(None));
    }

    #[test]
    fn what_is_wrong_is_said() {
        fn check(text: &str, expected: &str) {
            let error = namespace(text, ResourceType::Image).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
        check("{", "not JSON");
        check("{}", "“namespace” is missing");
        check(r#"{"namespace": 5}"#, "“namespace” is missing");
        check(r#"{"namespace": "n", "properties": {"p": {"type": "date"}}}"#, "The type “date”");
        check(r#"{"namespace": "n", "properties": {"p": {}}}"#, "“p.type”");
        check(&format!(r#"{{"namespace": "{}"}}"#, "n".repeat(2000)), "too long");
    }
}
