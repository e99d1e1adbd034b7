//! Reads what the edit form says of an image. Pure: what is wrong with it is all told at once.

use super::service::minimum;
use super::store::Attributes;
use api::error::Faults;
use api::image::{Image, ImageChange, Visibility};
use api::metadef::{Namespace, Property};
use api::{Name, Result, Why};
use std::collections::BTreeMap;

/// Glance's limits: `image_tag_quota`, `image_property_quota`.
const TAGS_MAX: usize = 128;
const PROPERTIES_MAX: usize = 128;
/// The longest tag and the longest name of a property, in characters, as Glance has them.
const NAME_MAX: usize = 255;
/// A GiB, in bytes.
const GIB: u64 = 1 << 30;

/// What every image has by itself, so that no property can be called so.
const OWN: [&str; 26] = [
    "checksum",
    "container_format",
    "created_at",
    "description",
    "direct_url",
    "disk_format",
    "file",
    "id",
    "locations",
    "members",
    "min_disk",
    "min_ram",
    "name",
    "os_hash_algo",
    "os_hash_value",
    "os_hidden",
    "owner",
    "protected",
    "schema",
    "self",
    "size",
    "status",
    "tags",
    "updated_at",
    "virtual_size",
    "visibility",
];

/// Every field by itself; `namespaces` say what the values of known properties look like.
pub fn read(edit: &ImageChange, image: &Image, namespaces: &[Namespace]) -> Result<Attributes> {
    let mut faults = Faults::default();
    let name = faults.take("name", Name::parse(&edit.name));
    let description = faults.take("description", api::name::line(&edit.description, Name::MAX));
    let visibility = faults.take("visibility", Visibility::parse(&edit.visibility).ok_or(Why::NotAChoice));
    let min_disk_gb = faults.take("min_disk_gb", minimum(&edit.min_disk_gb).and_then(|given| enough(given, image)));
    let min_ram_mb = faults.take("min_ram_mb", minimum(&edit.min_ram_mb));
    let tags = faults.take("tags", tags(&edit.tags));
    let mut known = BTreeMap::new();
    for namespace in namespaces {
        known.extend(namespace.properties.iter().map(|property| (property.name.as_str(), property)));
    }
    let mut all = BTreeMap::new();
    for (name, value) in &edit.properties {
        let field = format!("properties[{name}]");
        if let Some((name, value)) =
            faults.take(&field, property(name, value, &known)).filter(|(_, value)| !value.is_empty())
        {
            all.insert(name, value);
        }
    }
    if let Some(others) = faults.take("others", others(&edit.others, &known)) {
        all.extend(others);
    }
    if all.len() > PROPERTIES_MAX {
        faults.add("others", Why::TooMany { max: PROPERTIES_MAX, is: all.len() });
    }
    let read = || {
        Some(Attributes {
            name: name?.as_str().to_owned(),
            description: description.map(|()| edit.description.trim().to_owned())?,
            visibility: visibility?,
            protected: edit.protected,
            min_disk_gb: min_disk_gb?,
            min_ram_mb: min_ram_mb?,
            tags: tags?,
            properties: all,
        })
    };
    faults.finish_with(read())
}

/// The disk in the image has to fit.
fn enough(given: i64, image: &Image) -> std::result::Result<i64, Why> {
    let least = image.virtual_size.map_or(0, |size| size.div_ceil(GIB)) as i64;
    if given >= least { Ok(given) } else { Err(Why::Range { min: least, max: i64::from(i32::MAX) }) }
}

/// Separated by commas; each once, in order.
fn tags(text: &str) -> std::result::Result<Vec<String>, Why> {
    let mut tags: Vec<String> =
        text.split(',').map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect();
    for tag in &tags {
        api::name::line(tag, NAME_MAX)?;
    }
    tags.sort();
    tags.dedup();
    if tags.len() > TAGS_MAX { Err(Why::TooMany { max: TAGS_MAX, is: tags.len() }) } else { Ok(tags) }
}

fn others(text: &str, known: &BTreeMap<&str, &Property>) -> std::result::Result<Vec<(String, String)>, Why> {
    let mut read = Vec::new();
    for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let (name, value) = line.split_once('=').ok_or(Why::NotAProperty { line: n + 1 })?;
        let name = name.trim();
        let said = |why| match why {
            why @ Why::PropertyName { .. } => why,
            why => Why::Property { name: name.to_owned(), why: Box::new(why) },
        };
        read.push(property(name, value, known).map_err(said)?);
    }
    Ok(read.into_iter().filter(|(_, value)| !value.is_empty()).collect())
}

fn property(name: &str, value: &str, known: &BTreeMap<&str, &Property>) -> std::result::Result<(String, String), Why> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | ':' | '-');
    let is_name = !name.is_empty() && name.len() <= NAME_MAX && name.chars().all(fits);
    if !is_name || OWN.contains(&name) {
        return Err(Why::PropertyName { name: name.chars().take(64).collect() });
    }
    let value = value.trim();
    match known.get(name) {
        _ if value.is_empty() => {}
        Some(known) => known.check(value)?,
        None => api::name::line(value, Property::VALUE_MAX)?,
    }
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use api::metadef::PropertyType;

    fn known() -> Vec<Namespace> {
        let property = |name: &str, kind, choices: &[&str]| Property {
            name: name.into(),
            title: name.into(),
            description: String::new(),
            kind,
            choices: choices.iter().map(|it| (*it).to_owned()).collect(),
            minimum: Some(1),
            maximum: Some(16),
            default: None,
        };
        let properties = vec![
            property("hw_disk_bus", PropertyType::String, &["virtio", "scsi"]),
            property("hw_cpu_cores", PropertyType::Integer, &[]),
        ];
        vec![Namespace {
            name: "N".into(),
            title: "N".into(),
            description: String::new(),
            resource_types: vec![],
            properties,
        }]
    }

    #[test]
    fn other_properties() {
        fn check(text: &str, expected: &str) {
            let namespaces = known();
            let known = namespaces[0].properties.iter().map(|it| (it.name.as_str(), it)).collect();
            let read = match others(text, &known) {
                Ok(read) => read.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" "),
                Err(why) => why.to_string(),
            };
            assert_eq!(read, expected, "{text:?}");
        }
        check("", "");
        check("a = 1\n\n b=x=y \nempty=", "a=1 b=x=y");
        check("hw_disk_bus=virtio", "hw_disk_bus=virtio");
        check("a=1\nno value", "Line 2: write name=value.");
        check("hw_disk_bus=ide", "hw_disk_bus: This is not one of the choices.");
        check("hw_cpu_cores=17", "hw_cpu_cores: Between 1 and 16.");
        check("a=tab\there", "a: Line breaks and control characters are not allowed.");
        for name in ["", "a b", "owner", "í", &"x".repeat(256)] {
            let shown: String = name.chars().take(64).collect();
            check(&format!("{name}=1"), &Why::PropertyName { name: shown }.to_string());
        }
    }

    #[test]
    fn tags_are_a_set() {
        assert_eq!(tags(" web, db ,web,,"), Ok(vec!["db".to_owned(), "web".to_owned()]));
        assert_eq!(tags("a\nb"), Err(Why::ControlCharacters));
        let many: Vec<_> = (0..200).map(|n| n.to_string()).collect();
        assert_eq!(tags(&many.join(",")), Err(Why::TooMany { max: 128, is: 200 }));
    }
}
