//! Reads what the edit form says of an image. Pure: what is wrong with it is all told at once.

use super::service::minimum;
use super::store::Attributes;
use crate::metadef;
use api::error::Faults;
use api::image::{Image, ImageChange, Visibility};
use api::metadef::Namespace;
use api::{Name, Result, Why};

/// Glance's `image_tag_quota`.
const TAGS_MAX: usize = 128;
/// The longest tag, in characters, as Glance has it.
const TAG_MAX: usize = 255;
/// A GiB, in bytes.
const GIB: u64 = 1 << 30;

/// What every image has by itself, so that no property can be called so.
pub const OWN: [&str; 26] = [
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
    let properties = metadef::change::read(&edit.properties, &edit.others, namespaces, &OWN, &mut faults);
    let read = || {
        Some(Attributes {
            name: name?.as_str().to_owned(),
            description: description.map(|()| edit.description.trim().to_owned())?,
            visibility: visibility?,
            protected: edit.protected,
            min_disk_gb: min_disk_gb?,
            min_ram_mb: min_ram_mb?,
            tags: tags?,
            properties,
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
pub fn tags(text: &str) -> std::result::Result<Vec<String>, Why> {
    let mut tags: Vec<String> =
        text.split(',').map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect();
    for tag in &tags {
        api::name::line(tag, TAG_MAX)?;
    }
    tags.sort();
    tags.dedup();
    if tags.len() > TAGS_MAX { Err(Why::TooMany { max: TAGS_MAX, is: tags.len() }) } else { Ok(tags) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_a_set() {
        assert_eq!(tags(" web, db ,web,,"), Ok(vec!["db".to_owned(), "web".to_owned()]));
        assert_eq!(tags("a\nb"), Err(Why::ControlCharacters));
        let many: Vec<_> = (0..200).map(|n| n.to_string()).collect();
        assert_eq!(tags(&many.join(",")), Err(Why::TooMany { max: 128, is: 200 }));
    }
}
