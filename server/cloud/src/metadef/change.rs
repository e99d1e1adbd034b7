//! Reads what a form says of properties. Pure: what is wrong with them is all told at once.

use api::Why;
use api::error::Faults;
use api::metadef::{Namespace, Property};
use std::collections::BTreeMap;

/// The most that one thing carries: Glance's `image_property_quota` and Nova's `metadata_items`.
const PROPERTIES_MAX: usize = 128;
/// The longest name, in characters, as Glance and Nova have it.
const NAME_MAX: usize = 255;

/// `given` are the properties that have a field of their own, `others` the rest, `name=value`, one a line; an empty value means none.
/// `namespaces` say what the values of known properties look like; `own` are names that mean something else on such a thing.
pub(crate) fn read(
    given: &BTreeMap<String, String>,
    others: &str,
    namespaces: &[Namespace],
    own: &[&str],
    faults: &mut Faults,
) -> BTreeMap<String, String> {
    let defined = namespaces.iter().flat_map(|namespace| &namespace.properties);
    let known: Known<'_> = defined.map(|property| (property.name.as_str(), property)).collect();
    let mut all = BTreeMap::new();
    for (name, value) in given {
        let field = format!("properties[{name}]");
        if let Some((name, value)) =
            faults.take(&field, property(name, value, &known, own)).filter(|(_, value)| !value.is_empty())
        {
            all.insert(name, value);
        }
    }
    if let Some(others) = faults.take("others", lines(others, &known, own)) {
        all.extend(others);
    }
    if all.len() > PROPERTIES_MAX {
        faults.add("others", Why::TooMany { max: PROPERTIES_MAX, is: all.len() });
    }
    all
}

type Known<'a> = BTreeMap<&'a str, &'a Property>;
type Pair = (String, String);

fn lines(text: &str, known: &Known<'_>, own: &[&str]) -> Result<Vec<Pair>, Why> {
    let mut read = Vec::new();
    for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let (name, value) = line.split_once('=').ok_or(Why::NotAProperty { line: n + 1 })?;
        let name = name.trim();
        let said = |why| match why {
            why @ Why::PropertyName { .. } => why,
            why => Why::Property { name: name.to_owned(), why: Box::new(why) },
        };
        read.push(property(name, value, known, own).map_err(said)?);
    }
    Ok(read.into_iter().filter(|(_, value)| !value.is_empty()).collect())
}

fn property(name: &str, value: &str, known: &Known<'_>, own: &[&str]) -> Result<Pair, Why> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | ':' | '-');
    let is_name = !name.is_empty() && name.len() <= NAME_MAX && name.chars().all(fits);
    if !is_name || own.contains(&name) {
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
            let read = match lines(text, &known, &["owner"]) {
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
    fn all_faults_at_once() {
        let given = [("hw_disk_bus", "ide"), ("hw_cpu_cores", "4"), ("a", "")];
        let given = given.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let many: String = (0..129).map(|n| format!("p{n}=1\n")).collect();
        let mut faults = Faults::default();
        let read = read(&given, &many, &known(), &[], &mut faults);
        assert_eq!((read.len(), read.get("hw_cpu_cores").map(String::as_str)), (130, Some("4")));
        let Err(api::Error::Invalid(fields)) = faults.finish() else { panic!("nothing is wrong") };
        let names: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["properties[hw_disk_bus]", "others"]);
    }
}
