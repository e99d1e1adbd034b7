//! JSON values one after another on a stream, with nothing between them to tell where one ends (RFC 7047 §4).

use bytes::{Buf, BytesMut};
use serde_json::Value;
use std::io::{Error, ErrorKind};
use tokio_util::codec::{Decoder, Encoder};

/// The longest message taken: a hundred thousand rows or so.
const MAX: usize = 256 << 20;

/// Finds the end of a message by its braces, looking at every byte once however the message is cut up on its way.
#[derive(Debug, Default)]
pub(super) struct Frames {
    scanned: usize,
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Frames {
    /// The message's length once its last byte is there.
    fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        for &byte in &bytes[self.scanned..] {
            self.scanned += 1;
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = self.in_string,
                b'"' => self.in_string = !self.in_string,
                _ if self.in_string => {}
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(self.scanned);
                    }
                }
                _ => {}
            }
        }
        None
    }
}

impl Decoder for Frames {
    type Item = Value;
    type Error = Error;

    fn decode(&mut self, bytes: &mut BytesMut) -> Result<Option<Value>, Error> {
        match self.end(bytes) {
            Some(end) => {
                *self = Self::default();
                let value = serde_json::from_slice(&bytes[..end])?;
                bytes.advance(end);
                Ok(Some(value))
            }
            None if bytes.len() > MAX => {
                Err(Error::new(ErrorKind::InvalidData, format!("a message of more than {MAX} bytes")))
            }
            None => Ok(None),
        }
    }
}

impl Encoder<Value> for Frames {
    type Error = Error;

    fn encode(&mut self, message: Value, bytes: &mut BytesMut) -> Result<(), Error> {
        bytes.extend_from_slice(message.to_string().as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// All messages of `text`, arriving in pieces of `size` bytes.
    fn decode(text: &str, size: usize) -> Result<Vec<Value>, Error> {
        let (mut frames, mut buffer, mut found) = (Frames::default(), BytesMut::new(), Vec::new());
        for piece in text.as_bytes().chunks(size) {
            buffer.extend_from_slice(piece);
            while let Some(value) = frames.decode(&mut buffer)? {
                found.push(value);
            }
        }
        Ok(found)
    }

    #[test]
    fn messages() {
        let table = [
            (r#"{"a":1}{"b":[2]}"#, vec![json!({"a": 1}), json!({"b": [2]})]),
            (" {\"a\":\"}\"}\n\n{}", vec![json!({"a": "}"}), json!({})]),
            (r#"{"a":"\"}{\\"}[1]"#, vec![json!({"a": "\"}{\\"}), json!([1])]),
            (r#"{"a":"#, vec![]),
        ];
        for (text, expected) in table {
            for size in [1, 3, 1000] {
                assert_eq!(decode(text, size).unwrap(), expected, "{text} by {size}");
            }
        }
        assert!(decode("]", 1).is_err());
        assert!(decode("{x}", 1).is_err());
    }
}
