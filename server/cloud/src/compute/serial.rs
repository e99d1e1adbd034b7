//! Serial consoles with several viewers. QEMU serves one connection at a time and lets the next one hang; so all viewers of an instance
//! share one, see the same output and type into the same line.

use super::hypervisor::BoxStream;
use api::InstanceId;
use bytes::{Bytes, BytesMut};
use std::collections::HashMap;
use std::io::Result;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex, split};
use tokio::sync::{Mutex, broadcast, mpsc};

/// Reads that a slow viewer may be behind; then it misses some output.
const BEHIND: usize = 256;

/// The serial lines of a host that somebody looks at.
#[derive(Clone, Debug, Default)]
pub(super) struct SerialLines(Arc<Mutex<HashMap<InstanceId, Line>>>);

/// The connection that viewers share. It is closed when the last one lets go of `input`.
#[derive(Clone, Debug)]
struct Line {
    input: mpsc::WeakSender<Bytes>,
    output: broadcast::WeakSender<Bytes>,
}

impl SerialLines {
    /// A viewer's connection; `connect` is called if nobody has one yet.
    pub async fn open(
        &self,
        instance: InstanceId,
        connect: impl AsyncFnOnce() -> Result<BoxStream>,
    ) -> Result<BoxStream> {
        let (theirs, ours) = duplex(64 << 10);
        // Held while connecting, so that two who come at once do not both connect.
        let mut lines = self.0.lock().await;
        if let Some((input, output)) = lines.get(&instance).and_then(Line::join) {
            tokio::spawn(view(ours, input, output));
            return Ok(Box::pin(theirs));
        }
        let stream = connect().await?;
        let (input, typed) = mpsc::channel(BEHIND);
        let (output, seen) = broadcast::channel(BEHIND);
        lines.insert(instance, Line { input: input.downgrade(), output: output.downgrade() });
        tokio::spawn(view(ours, input, seen));
        let lines = self.clone();
        tokio::spawn(async move {
            // Ended or broken off: the viewers' connections end all the same.
            let _ = carry(stream, typed, &output).await;
            drop(output);
            lines.0.lock().await.retain(|_, line| line.join().is_some());
        });
        Ok(Box::pin(theirs))
    }
}

impl Line {
    fn join(&self) -> Option<(mpsc::Sender<Bytes>, broadcast::Receiver<Bytes>)> {
        Some((self.input.upgrade()?, self.output.upgrade()?.subscribe()))
    }
}

/// Between QEMU and all viewers, until QEMU or the last viewer goes.
async fn carry(stream: BoxStream, mut typed: mpsc::Receiver<Bytes>, output: &broadcast::Sender<Bytes>) -> Result<()> {
    let (mut reader, mut writer) = split(stream);
    let mut buffer = BytesMut::with_capacity(4096);
    loop {
        tokio::select! {
            count = reader.read_buf(&mut buffer) => match count? {
                0 => return Ok(()),
                // Nobody may be there to see it.
                _ => drop(output.send(buffer.split().freeze())),
            },
            bytes = typed.recv() => match bytes {
                None => return Ok(()),
                Some(bytes) => writer.write_all(&bytes).await?,
            },
        }
    }
}

/// Between one viewer and the shared connection.
async fn view(stream: DuplexStream, input: mpsc::Sender<Bytes>, mut output: broadcast::Receiver<Bytes>) -> Result<()> {
    let (mut reader, mut writer) = split(stream);
    let mut buffer = BytesMut::with_capacity(1024);
    loop {
        tokio::select! {
            seen = output.recv() => match seen {
                Ok(bytes) => writer.write_all(&bytes).await?,
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return Ok(()),
            },
            count = reader.read_buf(&mut buffer) => match count? {
                0 => return Ok(()),
                _ => if input.send(buffer.split().freeze()).await.is_err() { return Ok(()) },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use uuid::Uuid;

    async fn expect(stream: &mut (impl AsyncReadExt + Unpin), text: &[u8]) {
        let mut read = vec![0; text.len()];
        tokio::time::timeout(Duration::from_secs(5), stream.read_exact(&mut read)).await.unwrap().unwrap();
        assert_eq!(read, text);
    }

    #[tokio::test]
    async fn viewers_share_one_connection() {
        let lines = SerialLines::default();
        let id = InstanceId(Uuid::new_v4());
        let (qemu, mut guest) = duplex(1024);
        let mut first = lines.open(id, async || Ok(Box::pin(qemu) as BoxStream)).await.unwrap();
        let mut second = lines.open(id, async || panic!("connects twice")).await.unwrap();
        guest.write_all(b"login: ").await.unwrap();
        expect(&mut first, b"login: ").await;
        expect(&mut second, b"login: ").await;
        first.write_all(b"a").await.unwrap();
        expect(&mut guest, b"a").await;
        drop(first);
        second.write_all(b"b").await.unwrap();
        expect(&mut guest, b"b").await;

        drop(guest);
        assert_eq!(second.read(&mut [0]).await.unwrap(), 0, "it ends with the guest's power");
        let (qemu, mut guest) = duplex(1024);
        let third = lines.open(id, async || Ok(Box::pin(qemu) as BoxStream)).await.unwrap();
        drop(third);
        assert_eq!(guest.read(&mut [0]).await.unwrap(), 0, "it is let go of with its last viewer");
    }
}
