//! A small RFB 3.8 server (RFC 6143) that shows a text screen: no authentication, Raw encoding, any true-colour pixel format. Whoever
//! is connected has been checked by the edge, as with QEMU's own server on its unix socket.

use super::screen::{CELL, COLUMNS, ROWS, Screen, lit, screen};
use std::io::{Error, ErrorKind, Result};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, split};
use tokio::sync::mpsc;

const WIDTH: u16 = (COLUMNS * CELL.0) as u16;
const HEIGHT: u16 = (ROWS * CELL.1) as u16;
const INK: [u8; 3] = [0xc8, 0xcc, 0xd0];
const PAPER: [u8; 3] = [0x10, 0x14, 0x1c];
/// How often the screen is compared with what the viewer has seen.
pub(super) const REFRESH: Duration = Duration::from_millis(50);
/// A longer text from the viewer's clipboard ends the session.
const CLIPBOARD_MAX: u32 = 1 << 20;

/// The machine behind the screen.
pub(super) trait Terminal: Send + Sync {
    /// Everything printed so far, or nothing once the power is off.
    fn text(&self) -> Option<Vec<u8>>;
    fn type_in(&self, bytes: &[u8]);
}

/// How the viewer wants its pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct PixelFormat {
    bytes: usize,
    big_endian: bool,
    /// Largest value and left shift of red, green and blue.
    channels: [(u16, u8); 3],
}

impl PixelFormat {
    const OURS: [u8; 16] = [32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0];

    fn parse(raw: &[u8; 16]) -> Result<Self> {
        let max = |at: usize| u16::from_be_bytes([raw[at], raw[at + 1]]);
        let format = Self {
            bytes: raw[0] as usize / 8,
            big_endian: raw[2] != 0,
            channels: [(max(4), raw[10]), (max(6), raw[11]), (max(8), raw[12])],
        };
        let usable = matches!(raw[0], 8 | 16 | 32) && raw[3] != 0 && raw[10..13].iter().all(|shift| *shift < 32);
        usable.then_some(format).ok_or_else(|| Error::new(ErrorKind::InvalidData, "pixel format"))
    }

    fn pixel(&self, colour: [u8; 3]) -> Vec<u8> {
        let value = colour
            .iter()
            .zip(self.channels)
            .fold(0u32, |value, (c, (max, shift))| value | ((u32::from(*c) * u32::from(max) / 255) << shift));
        match self.big_endian {
            true => value.to_be_bytes()[4 - self.bytes..].to_vec(),
            false => value.to_le_bytes()[..self.bytes].to_vec(),
        }
    }
}

/// What a viewer asks.
#[derive(Debug, PartialEq, Eq)]
enum Message {
    Format(PixelFormat),
    Update { incremental: bool },
    Key(u8),
    Other,
}

/// Serves one viewer until it leaves or the machine's power goes.
pub(super) async fn serve(stream: DuplexStream, name: &str, terminal: &impl Terminal) -> Result<()> {
    let (mut reader, mut writer) = split(stream);
    handshake(&mut reader, &mut writer, name).await?;

    // Reading a message takes several steps and must not be cut off halfway, hence the task of its own.
    let (send, mut messages) = mpsc::channel(16);
    let read = tokio::spawn(async move {
        while let Ok(message) = message(&mut reader).await {
            if send.send(message).await.is_err() {
                break;
            }
        }
    });
    let result = show(&mut messages, &mut writer, terminal).await;
    read.abort();
    result
}

async fn handshake(
    reader: &mut (impl AsyncRead + Unpin),
    writer: &mut (impl AsyncWrite + Unpin),
    name: &str,
) -> Result<()> {
    writer.write_all(b"RFB 003.008\n").await?;
    let mut version = [0; 12];
    reader.read_exact(&mut version).await?;
    if &version != b"RFB 003.008\n" {
        let why = b"This server speaks RFB 3.8.";
        writer.write_all(&[0]).await?;
        writer.write_u32(why.len() as u32).await?;
        return writer.write_all(why).await;
    }
    // One security type on offer: 1, none.
    writer.write_all(&[1, 1]).await?;
    if reader.read_u8().await? != 1 {
        return Err(Error::new(ErrorKind::InvalidData, "security type"));
    }
    writer.write_u32(0).await?;
    let _shared = reader.read_u8().await?;
    writer.write_u16(WIDTH).await?;
    writer.write_u16(HEIGHT).await?;
    writer.write_all(&PixelFormat::OURS).await?;
    writer.write_u32(name.len() as u32).await?;
    writer.write_all(name.as_bytes()).await?;
    writer.flush().await
}

async fn message(reader: &mut (impl AsyncRead + Unpin)) -> Result<Message> {
    match reader.read_u8().await? {
        0 => {
            let mut raw = [0; 19];
            reader.read_exact(&mut raw).await?;
            let mut format = [0; 16];
            format.copy_from_slice(&raw[3..]);
            PixelFormat::parse(&format).map(Message::Format)
        }
        2 => {
            reader.read_u8().await?;
            let count = reader.read_u16().await?;
            skip(reader, u64::from(count) * 4).await
        }
        3 => {
            let incremental = reader.read_u8().await? != 0;
            skip(reader, 8).await?;
            Ok(Message::Update { incremental })
        }
        4 => {
            let mut raw = [0; 7];
            reader.read_exact(&mut raw).await?;
            let symbol = u32::from_be_bytes([raw[3], raw[4], raw[5], raw[6]]);
            Ok(match (raw[0], symbol) {
                (0, _) => Message::Other,
                (_, 0x20..0x7f) => Message::Key(symbol as u8),
                (_, 0xff0d | 0xff8d) => Message::Key(b'\r'),
                (_, 0xff08) => Message::Key(0x7f),
                _ => Message::Other,
            })
        }
        5 => skip(reader, 5).await,
        6 => {
            skip(reader, 3).await?;
            match reader.read_u32().await? {
                length if length > CLIPBOARD_MAX => Err(Error::new(ErrorKind::InvalidData, "clipboard too long")),
                length => skip(reader, length.into()).await,
            }
        }
        _ => Err(Error::new(ErrorKind::InvalidData, "unknown message")),
    }
}

async fn skip(reader: &mut (impl AsyncRead + Unpin), length: u64) -> Result<Message> {
    match tokio::io::copy(&mut reader.take(length), &mut tokio::io::sink()).await? {
        copied if copied == length => Ok(Message::Other),
        _ => Err(ErrorKind::UnexpectedEof.into()),
    }
}

/// Answers requests: at once where a whole picture is asked for, else as soon as something differs from what the viewer has.
async fn show(
    messages: &mut mpsc::Receiver<Message>,
    writer: &mut (impl AsyncWrite + Unpin),
    terminal: &impl Terminal,
) -> Result<()> {
    let mut format = PixelFormat::parse(&PixelFormat::OURS)?;
    let mut sent: Option<Screen> = None;
    let mut asked = false;
    loop {
        tokio::select! {
            message = messages.recv() => match message {
                None => return Ok(()),
                Some(Message::Format(wanted)) => (format, sent) = (wanted, None),
                Some(Message::Update { incremental }) => {
                    asked = true;
                    if !incremental {
                        sent = None;
                    }
                }
                Some(Message::Key(key)) => terminal.type_in(&[key]),
                Some(Message::Other) => {}
            },
            () = tokio::time::sleep(REFRESH) => {}
        }
        let Some(text) = terminal.text() else { return Ok(()) };
        let now = screen(&text);
        let dirty: Vec<usize> =
            (0..ROWS).filter(|row| sent.is_none_or(|before| differs(&before, &now, *row))).collect();
        if asked && !dirty.is_empty() {
            writer.write_all(&update(&now, &dirty, &format)).await?;
            writer.flush().await?;
            (sent, asked) = (Some(now), false);
        }
    }
}

fn differs(before: &Screen, now: &Screen, row: usize) -> bool {
    before.0[row] != now.0[row] || (before.1 != now.1 && (before.1.0 == row || now.1.0 == row))
}

/// A FramebufferUpdate of the given rows, one Raw rectangle each.
fn update((rows, cursor): &Screen, dirty: &[usize], format: &PixelFormat) -> Vec<u8> {
    let (ink, paper) = (format.pixel(INK), format.pixel(PAPER));
    let mut out = vec![0, 0];
    out.extend((dirty.len() as u16).to_be_bytes());
    for row in dirty {
        for number in [0, (row * CELL.1) as u16, WIDTH, CELL.1 as u16, 0, 0] {
            out.extend(number.to_be_bytes());
        }
        for y in 0..CELL.1 {
            for (column, character) in rows[*row].iter().enumerate() {
                let reversed = (*row, column) == *cursor;
                for x in 0..CELL.0 {
                    out.extend(if lit(*character, x, y) != reversed { &ink } else { &paper });
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_follow_the_viewers_format() {
        fn check(raw: [u8; 16], colour: [u8; 3], pixel: &[u8]) {
            assert_eq!(PixelFormat::parse(&raw).unwrap().pixel(colour), pixel, "{raw:?}");
        }
        check(PixelFormat::OURS, [1, 2, 3], &[3, 2, 1, 0]);
        check([32, 24, 1, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0], [1, 2, 3], &[0, 1, 2, 3]);
        check([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16, 0, 0, 0], [1, 2, 3], &[1, 2, 3, 0]);
        check([16, 16, 0, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0, 0, 0, 0], [255, 255, 0], &[0xe0, 0xff]);
        check([8, 8, 0, 1, 0, 7, 0, 7, 0, 3, 0, 3, 6, 0, 0, 0], [255, 0, 255], &[0b1100_0111]);
    }

    #[test]
    fn formats_that_cannot_be_drawn_are_refused() {
        let with = |at: usize, value: u8| {
            let mut raw = PixelFormat::OURS;
            raw[at] = value;
            PixelFormat::parse(&raw).is_err()
        };
        assert!(with(0, 24) && with(0, 0) && with(3, 0) && with(11, 32));
    }

    #[tokio::test]
    async fn messages_are_read_whole() {
        let mut wire: &[u8] = &[
            &[2, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1][..],
            &[3, 1, 0, 0, 0, 0, 2, 128, 1, 144],
            &[4, 1, 0, 0, 0, 0, 0, b'a'],
            &[4, 0, 0, 0, 0, 0, 0, b'a'],
            &[4, 1, 0, 0, 0, 0, 0xff, 0x0d],
            &[5, 0, 0, 1, 0, 1],
            &[6, 0, 0, 0, 0, 0, 0, 2, b'h', b'i'],
            &[3, 0, 0, 0, 0, 0, 2, 128, 1, 144],
        ]
        .concat();
        let mut seen = Vec::new();
        while let Ok(message) = message(&mut wire).await {
            seen.push(message);
        }
        use Message::*;
        let expected = [
            Other,
            Update { incremental: true },
            Key(b'a'),
            Other,
            Key(b'\r'),
            Other,
            Other,
            Update { incremental: false },
        ];
        assert_eq!(seen, expected);
        assert!(message(&mut &[6, 0, 0, 0, 0xff, 0xff, 0xff, 0xff][..]).await.is_err());
        assert!(message(&mut &[99][..]).await.is_err());
    }
}
