//! The config drive: an ISO 9660 image labelled `config-2` (what cloud-init and its like look for) with long names by Joliet. Pure.
//!
//! The same files stand in two trees. Linux, Windows and the BSDs read the Joliet one, with names as they are; a system that knows only
//! ISO 9660 (ECMA-119) sees upper case names. Nothing depends on the time: the same files make the same bytes.

/// The file system's label, by OpenStack's convention.
pub const LABEL: &str = "config-2";

/// A path that the drive cannot hold.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "config drive path “{0}”: each part must have 1 to 30 letters, digits, dots, hyphens or underscores, and no file's name may be a folder's too"
)]
pub struct BadPath(pub String);

const SECTOR: usize = 2048;
/// Sectors 0 to 15 belong to the boot loader; here they are empty. Then come three volume descriptors.
const FIRST_DESCRIPTOR: usize = 16;
const FIRST_TABLE: usize = FIRST_DESCRIPTOR + 3;
/// Empty sectors at the end, as many as mkisofs puts there: systems read ahead, and those that look for labels at higher places (busybox
/// does at 68 KiB) take a disk that ends before for a broken one.
const PADDING: usize = 150;
/// What tells Joliet's descriptor from others: UCS-2 level 3.
const JOLIET_ESCAPE: &[u8] = b"%/E";
/// 1970-01-01 00:00:00 UTC as directory records write it.
const DATE: [u8; 7] = [70, 1, 1, 0, 0, 0, 0];

/// The drive's bytes. Paths have parts between slashes, such as `openstack/latest/meta_data.json`.
pub fn image(files: &[(String, Vec<u8>)]) -> Result<Vec<u8>, BadPath> {
    let folders = folders(files)?;
    let mut trees = [Tree::new(&folders, files, Names::Iso), Tree::new(&folders, files, Names::Joliet)];

    let mut next = FIRST_TABLE;
    for tree in &mut trees {
        tree.table_at = next;
        next += 2 * sectors(tree.table().len());
    }
    for tree in &mut trees {
        for index in 0..tree.order.len() {
            tree.folder_at[index] = next;
            next += sectors(tree.size(index));
        }
    }
    let mut file_at = Vec::with_capacity(files.len());
    for (_, bytes) in files {
        file_at.push(next);
        next += sectors(bytes.len());
    }
    let end = next + PADDING;

    let mut out = vec![0; FIRST_DESCRIPTOR * SECTOR];
    for tree in &trees {
        out.extend(tree.descriptor(end));
    }
    out.extend(sector(&[&[255], b"CD001", &[1]]));
    for tree in &trees {
        for table in [tree.table(), tree.table_big_endian()] {
            out.extend(padded(table));
        }
    }
    for tree in &trees {
        (0..tree.order.len()).for_each(|index| out.extend(tree.folder(index, &file_at)));
    }
    for (_, bytes) in files {
        out.extend(padded(bytes.clone()));
    }
    out.resize(end * SECTOR, 0);
    Ok(out)
}

/// A folder of the drive: the first one is the root, and its own parent.
#[derive(Debug, Default)]
struct Folder {
    name: String,
    parent: usize,
    folders: Vec<usize>,
    /// Indices of its files in the list given.
    files: Vec<usize>,
}

fn folders(files: &[(String, Vec<u8>)]) -> Result<Vec<Folder>, BadPath> {
    let mut folders = vec![Folder::default()];
    for (index, (path, _)) in files.iter().enumerate() {
        let bad = || BadPath(path.clone());
        let mut parts: Vec<&str> = path.split('/').collect();
        if parts.iter().any(|part| !is_name(part)) {
            return Err(bad());
        }
        let name = parts.pop().ok_or_else(bad)?;
        let mut at = 0;
        for part in parts {
            let known = folders[at].folders.iter().copied().find(|child| folders[*child].name == part);
            at = known.unwrap_or_else(|| {
                folders.push(Folder { name: part.into(), parent: at, ..Folder::default() });
                let new = folders.len() - 1;
                folders[at].folders.push(new);
                new
            });
        }
        folders[at].files.push(index);
        let taken = |other: &usize| *other != index && last(&files[*other].0) == name;
        if folders[at].files.iter().any(taken) {
            return Err(bad());
        }
    }
    let clash = folders.iter().find_map(|folder| {
        folder
            .files
            .iter()
            .find(|file| folder.folders.iter().any(|child| folders[*child].name == last(&files[**file].0)))
    });
    match clash {
        Some(file) => Err(BadPath(files[*file].0.clone())),
        None => Ok(folders),
    }
}

fn is_name(part: &str) -> bool {
    let letters = part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    letters && (1..=30).contains(&part.len()) && !matches!(part, "." | "..")
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// How a tree writes names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    Iso,
    Joliet,
}

impl Names {
    fn encode(self, name: &str) -> Vec<u8> {
        match self {
            Self::Iso => name.to_ascii_uppercase().into_bytes(),
            Self::Joliet => name.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        }
    }

    /// Files carry a version number, which readers take off again.
    fn encode_file(self, name: &str) -> Vec<u8> {
        self.encode(&format!("{name};1"))
    }

    /// `text` in a field of this many bytes, filled up with spaces.
    fn field(self, text: &str, width: usize) -> Vec<u8> {
        let mut bytes = if self == Self::Iso { text.as_bytes().to_vec() } else { self.encode(text) };
        let space = if self == Self::Iso { vec![b' '] } else { self.encode(" ") };
        bytes.extend(space.iter().cycle().take(width - bytes.len()));
        bytes
    }
}

/// One of the two directory trees.
struct Tree<'a> {
    folders: &'a [Folder],
    files: &'a [(String, Vec<u8>)],
    names: Names,
    /// The folders as a path table lists them: by depth, then parent, then name.
    order: Vec<usize>,
    /// Where they lie, in the order of `order`.
    folder_at: Vec<usize>,
    table_at: usize,
}

impl<'a> Tree<'a> {
    fn new(folders: &'a [Folder], files: &'a [(String, Vec<u8>)], names: Names) -> Self {
        let mut order = vec![0];
        let mut seen = 0;
        while let Some(folder) = order.get(seen) {
            let mut children = folders[*folder].folders.clone();
            children.sort_by_key(|child| names.encode(&folders[*child].name));
            order.extend(children);
            seen += 1;
        }
        let folder_at = vec![0; order.len()];
        Self { folders, files, names, order, folder_at, table_at: 0 }
    }

    /// Where a folder stands in `order`.
    fn place(&self, folder: usize) -> usize {
        self.order.iter().position(|other| *other == folder).unwrap_or_default()
    }

    /// The path table; numbers have the low byte first.
    fn table(&self) -> Vec<u8> {
        self.table_with(|at| (at as u32).to_le_bytes(), |parent| (parent as u16).to_le_bytes())
    }

    fn table_big_endian(&self) -> Vec<u8> {
        self.table_with(|at| (at as u32).to_be_bytes(), |parent| (parent as u16).to_be_bytes())
    }

    fn table_with(&self, at: impl Fn(usize) -> [u8; 4], parent: impl Fn(usize) -> [u8; 2]) -> Vec<u8> {
        let mut table = Vec::new();
        for (index, folder) in self.order.iter().enumerate() {
            let name = if index == 0 { vec![0] } else { self.names.encode(&self.folders[*folder].name) };
            table.extend([name.len() as u8, 0]);
            table.extend(at(self.folder_at[index]));
            table.extend(parent(self.place(self.folders[*folder].parent) + 1));
            table.extend(&name);
            table.resize(table.len().next_multiple_of(2), 0);
        }
        table
    }

    /// What the folder at this place of `order` lists: itself, its parent, then its children by name.
    fn entries(&self, index: usize) -> Vec<(Vec<u8>, Item)> {
        let folder = &self.folders[self.order[index]];
        let folders = folder
            .folders
            .iter()
            .map(|child| (self.names.encode(&self.folders[*child].name), Item::Folder(self.place(*child))));
        let files =
            folder.files.iter().map(|file| (self.names.encode_file(last(&self.files[*file].0)), Item::File(*file)));
        let mut entries: Vec<_> = folders.chain(files).collect();
        entries.sort_by(|(a, _), (b, _)| a.cmp(b));
        let own = [(vec![0], Item::Folder(index)), (vec![1], Item::Folder(self.place(folder.parent)))];
        own.into_iter().chain(entries).collect()
    }

    /// The folder's records, in whole sectors.
    fn folder(&self, index: usize, file_at: &[usize]) -> Vec<u8> {
        laid_out(self.entries(index).into_iter().map(|(name, item)| match item {
            Item::Folder(place) => record(&name, self.folder_at[place], self.size(place), true),
            Item::File(file) => record(&name, file_at[file], self.files[file].1.len(), false),
        }))
    }

    /// Bytes that the folder's records take.
    fn size(&self, index: usize) -> usize {
        laid_out(self.entries(index).into_iter().map(|(name, _)| record(&name, 0, 0, false))).len()
    }

    /// The volume descriptor (ECMA-119 §8.4, Joliet's as §8.5).
    fn descriptor(&self, volume_sectors: usize) -> Vec<u8> {
        let joliet = self.names == Names::Joliet;
        let text = |text: &str, width| self.names.field(text, width);
        let mut escape = if joliet { JOLIET_ESCAPE.to_vec() } else { Vec::new() };
        escape.resize(32, 0);
        let table_size = self.table().len();
        let tables = [self.table_at, self.table_at + sectors(table_size)].map(|at| at as u32);
        let unset = [&[b'0'; 16][..], &[0]].concat();
        sector(&[
            &[if joliet { 2 } else { 1 }],
            b"CD001",
            &[1, 0],
            &text("", 32),
            &text(LABEL, 32),
            &[0; 8],
            &both32(volume_sectors),
            &escape,
            &both16(1),
            &both16(1),
            &both16(SECTOR),
            &both32(table_size),
            &tables[0].to_le_bytes(),
            &[0; 4],
            &tables[1].to_be_bytes(),
            &[0; 4],
            &record(&[0], self.folder_at[0], self.size(0), true),
            // Volume set, publisher, data preparer, application; then the names of three files that are not there.
            &text("", 4 * 128),
            &text("", 36),
            b" ",
            &text("", 36),
            b" ",
            &text("", 36),
            b" ",
            // Created, changed, expires, effective.
            &unset.repeat(4),
            &[1],
        ])
    }
}

/// What a directory record stands for: a folder by its place in the order, a file by its index.
enum Item {
    Folder(usize),
    File(usize),
}

/// Records one after the other, none across the end of a sector.
fn laid_out(records: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut out = Vec::new();
    for record in records {
        if out.len() % SECTOR + record.len() > SECTOR {
            out = padded(out);
        }
        out.extend(record);
    }
    padded(out)
}

/// A directory record (ECMA-119 §9.1).
fn record(name: &[u8], at: usize, size: usize, is_folder: bool) -> Vec<u8> {
    let length = (33 + name.len()).next_multiple_of(2);
    let mut out = vec![length as u8, 0];
    out.extend(both32(at));
    out.extend(both32(size));
    out.extend(DATE);
    out.extend([if is_folder { 2 } else { 0 }, 0, 0]);
    out.extend(both16(1));
    out.push(name.len() as u8);
    out.extend(name);
    out.resize(length, 0);
    out
}

/// A number as ISO 9660 writes most of them: low byte first, then high byte first.
fn both32(number: usize) -> Vec<u8> {
    let number = number as u32;
    [number.to_le_bytes(), number.to_be_bytes()].concat()
}

fn both16(number: usize) -> Vec<u8> {
    let number = number as u16;
    [number.to_le_bytes(), number.to_be_bytes()].concat()
}

fn sectors(bytes: usize) -> usize {
    bytes.div_ceil(SECTOR)
}

fn padded(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.resize(bytes.len().next_multiple_of(SECTOR), 0);
    bytes
}

fn sector(parts: &[&[u8]]) -> Vec<u8> {
    padded(parts.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn number(bytes: &[u8]) -> usize {
        u32::from_le_bytes(bytes[..4].try_into().unwrap()) as usize
    }

    /// The files of the tree that the descriptor in this sector begins, read as a kernel does.
    fn read(image: &[u8], descriptor: usize, decode: fn(&[u8]) -> String) -> BTreeMap<String, Vec<u8>> {
        let descriptor = &image[descriptor * SECTOR..][..SECTOR];
        assert_eq!(&descriptor[1..6], b"CD001");
        assert_eq!(number(&descriptor[80..]) * SECTOR, image.len(), "the volume's size");
        let mut found = BTreeMap::new();
        let mut folders = vec![(String::new(), number(&descriptor[158..]), number(&descriptor[166..]))];
        let mut in_table = number(&descriptor[132..]);
        while let Some((path, at, size)) = folders.pop() {
            let mut left = &image[at * SECTOR..][..size];
            in_table -=
                8 + 1.max(if path.is_empty() { 1 } else { left_name(&path, descriptor[0]) }).next_multiple_of(2);
            let mut count = 0;
            while let Some(length) = left.first().map(|length| *length as usize) {
                if length == 0 {
                    left = &left[left.len() - left.len().saturating_sub(1) / SECTOR * SECTOR..];
                    continue;
                }
                let (record, rest) = left.split_at(length);
                let (at, size) = (number(&record[2..]), number(&record[10..]));
                assert_eq!(record[6..10], (at as u32).to_be_bytes());
                let name = &record[33..][..record[32] as usize];
                let folder = record[25] == 2;
                count += 1;
                if count > 2 {
                    let path = format!("{path}/{}", decode(name));
                    match folder {
                        true => folders.push((path, at, size)),
                        false => drop(found.insert(path, image[at * SECTOR..][..size].to_vec())),
                    }
                }
                left = rest;
            }
        }
        assert_eq!(in_table, 0, "the path table lists every folder");
        found
    }

    fn left_name(path: &str, kind: u8) -> usize {
        last(path).len() * kind as usize
    }

    fn iso(name: &[u8]) -> String {
        String::from_utf8(name.into()).unwrap()
    }

    fn joliet(name: &[u8]) -> String {
        String::from_utf16(&name.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect::<Vec<_>>())
            .unwrap()
    }

    fn owned(files: &[(&str, &[u8])]) -> Vec<(String, Vec<u8>)> {
        files.iter().map(|(path, bytes)| ((*path).into(), bytes.to_vec())).collect()
    }

    #[test]
    fn both_trees_hold_the_files() {
        let long = vec![7; 5000];
        let files = owned(&[
            ("openstack/latest/meta_data.json", b"{}"),
            ("openstack/2018-08-27/meta_data.json", b"{}"),
            ("openstack/latest/user_data", &long),
            ("openstack/latest/empty", b""),
            ("ec2/latest/meta-data.json", b"[1]"),
        ]);
        let image = image(&files).unwrap();
        let named: BTreeMap<_, _> = files.iter().map(|(path, bytes)| (format!("/{path};1"), bytes.clone())).collect();
        assert_eq!(read(&image, 17, joliet), named);
        let upper: BTreeMap<_, _> = named.iter().map(|(path, bytes)| (path.to_uppercase(), bytes.clone())).collect();
        assert_eq!(read(&image, 16, iso), upper);
        assert_eq!(image[16 * SECTOR + 40..][..32], *b"config-2                        ");
        assert_eq!(image[17 * SECTOR + 88..][..3], *b"%/E");
    }

    #[test]
    fn a_folder_may_take_many_sectors() {
        let files: Vec<_> =
            (0..200).map(|n| (format!("many/file-{n:03}-with-a-long-name"), vec![n as u8; n])).collect();
        let named: BTreeMap<_, _> = files.iter().map(|(path, bytes)| (format!("/{path};1"), bytes.clone())).collect();
        assert_eq!(read(&image(&files).unwrap(), 17, joliet), named);
    }

    #[test]
    fn an_empty_drive_is_a_drive() {
        assert_eq!(read(&image(&[]).unwrap(), 17, joliet), BTreeMap::new());
    }

    #[test]
    fn bad_paths_are_refused() {
        let check = |paths: &[&str], bad: &str| {
            let files: Vec<_> = paths.iter().map(|path| ((*path).into(), Vec::new())).collect();
            assert_eq!(image(&files), Err(BadPath(bad.into())), "{paths:?}");
        };
        for bad in ["", "/a", "a/", "a//b", "../a", "a/./b", "a b", "ä", "a\0", "a;1", &"x".repeat(31)] {
            check(&[bad], bad);
        }
        check(&["a/b", "a/b"], "a/b");
        check(&["a", "a/b"], "a");
        check(&["a/b", "a"], "a");
    }
}
