//! The list of passwords that have become known elsewhere: a file that the operator provides, with the SHA-1 of one password a line, in
//! hexadecimal digits and sorted, each perhaps followed by a colon and a count. It has gigabytes, so it is searched where it lies.

use sha1::{Digest, Sha1};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// The hexadecimal digits of a SHA-1.
const DIGITS: usize = 40;
/// The longest line: hash, colon, count, end.
const LINE: usize = 64;

/// Whether the password stands in the file.
pub fn knows(file: &Path, password: &str) -> io::Result<bool> {
    let wanted = hex::encode_upper(Sha1::digest(password.as_bytes()));
    let mut file = File::open(file)?;
    // The hash, if it is there, begins in a line that starts at `low` or behind and before `high`.
    let (mut low, mut high) = (0, file.seek(SeekFrom::End(0))?);
    while low < high {
        let middle = low + (high - low) / 2;
        let Some((hash, next)) = line_from(&mut file, middle)? else {
            high = middle;
            continue;
        };
        match hash.as_str().cmp(&wanted) {
            std::cmp::Ordering::Equal => return Ok(true),
            std::cmp::Ordering::Less => low = next,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    Ok(false)
}

/// The first line that begins at `at` or behind it: its hash, and where the next one begins.
fn line_from(file: &mut File, at: u64) -> io::Result<Option<(String, u64)>> {
    // One byte before tells whether a line begins right here.
    let begin = at.saturating_sub(1);
    file.seek(SeekFrom::Start(begin))?;
    let mut bytes = Vec::with_capacity(2 * LINE + 1);
    file.take(2 * LINE as u64 + 1).read_to_end(&mut bytes)?;
    let skipped = if at == 0 {
        0
    } else {
        match bytes.iter().position(|byte| *byte == b'\n') {
            Some(end) => end + 1,
            None => return Ok(None),
        }
    };
    let rest = &bytes[skipped..];
    if rest.len() < DIGITS {
        return Ok(None);
    }
    let length = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
    let hash = String::from_utf8_lossy(&rest[..DIGITS]).to_uppercase();
    Ok(Some((hash, begin + (skipped + length) as u64)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn list(passwords: &[&str], ending: &str) -> tempfile::NamedTempFile {
        let mut lines: Vec<String> =
            passwords.iter().map(|password| hex::encode_upper(Sha1::digest(password.as_bytes()))).collect();
        lines.sort();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        for (n, line) in lines.iter().enumerate() {
            write!(file, "{line}:{}{ending}", 10_usize.pow(n as u32 % 7)).unwrap();
        }
        file
    }

    #[test]
    fn every_line_is_found_and_nothing_else() {
        let words: Vec<String> = (0..257).map(|n| format!("password {n}")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        for ending in ["\n", "\r\n"] {
            for size in [0, 1, 2, 3, 17, 257] {
                let file = list(&words[..size], ending);
                for (n, word) in words.iter().enumerate() {
                    assert_eq!(knows(file.path(), word).unwrap(), n < size, "{word} of {size}");
                }
            }
        }
    }

    #[test]
    fn a_file_that_is_no_list_knows_nothing() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&[b'x'; 5000]).unwrap();
        assert!(!knows(file.path(), "password").unwrap());
        assert!(knows(Path::new("/nowhere/at/all"), "password").is_err());
    }
}
