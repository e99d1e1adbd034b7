//! Passing requests on to resolvers.

use super::MAX;
use bytes::Bytes;
use futures::{SinkExt, StreamExt};
use hickory_proto::op::{Header, MessageType, Query};
use hickory_proto::serialize::binary::{BinDecodable, BinDecoder};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;
use tokio_util::codec::{Framed, LengthDelimitedCodec};

/// How long one of the resolvers may take. There are three at most (resolv.conf(5)).
const TRY: Duration = Duration::from_secs(2);
const RESOLVERS: usize = 3;

/// How a guest asked, and so how it is passed on: what does not fit into a datagram is asked for again by TCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Udp,
    Tcp,
}

/// Who knows the names of the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolvers {
    /// Those of the host, read anew for every question as the host may move.
    ResolvConf,
    These(Vec<SocketAddr>),
}

impl Resolvers {
    /// Asks one after another; `None` if none of them answers.
    pub async fn ask(&self, request: &[u8], transport: Transport) -> Option<Vec<u8>> {
        let resolvers = match self {
            Self::ResolvConf => resolv_conf(&tokio::fs::read_to_string("/etc/resolv.conf").await.unwrap_or_default()),
            Self::These(resolvers) => resolvers.clone(),
        };
        for resolver in resolvers.into_iter().take(RESOLVERS) {
            match timeout(TRY, exchange(resolver, request, transport)).await {
                Ok(Ok(answer)) => return Some(answer),
                Ok(Err(error)) => tracing::debug!(%resolver, %error, "the resolver cannot be asked"),
                Err(_) => tracing::debug!(%resolver, "the resolver does not answer"),
            }
        }
        None
    }
}

/// Messages on a TCP connection (RFC 1035 §4.2.2).
pub fn framed(stream: TcpStream) -> Framed<TcpStream, LengthDelimitedCodec> {
    LengthDelimitedCodec::builder().length_field_type::<u16>().new_framed(stream)
}

/// Sends the request to a resolver under an id of our own and waits for its answer, for as long as it takes.
async fn exchange(resolver: SocketAddr, request: &[u8], transport: Transport) -> io::Result<Vec<u8>> {
    let mut query = request.to_vec();
    let guests_id = set_id(&mut query, rand::random()).ok_or(io::ErrorKind::InvalidData)?;
    let mut answer = match transport {
        Transport::Udp => by_udp(resolver, &query).await?,
        Transport::Tcp => by_tcp(resolver, &query).await?,
    };
    set_id(&mut answer, guests_id);
    Ok(answer)
}

async fn by_udp(resolver: SocketAddr, query: &[u8]) -> io::Result<Vec<u8>> {
    let any: IpAddr = if resolver.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).await?;
    socket.connect(resolver).await?;
    socket.send(query).await?;
    let mut buffer = [0; MAX];
    loop {
        let length = socket.recv(&mut buffer).await?;
        if matches(&buffer[..length], query) {
            return Ok(buffer[..length].to_vec());
        }
    }
}

async fn by_tcp(resolver: SocketAddr, query: &[u8]) -> io::Result<Vec<u8>> {
    let mut connection = framed(TcpStream::connect(resolver).await?);
    connection.send(Bytes::copy_from_slice(query)).await?;
    while let Some(answer) = connection.next().await {
        let answer = answer?;
        if matches(&answer, query) {
            return Ok(answer.to_vec());
        }
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

/// Writes a message's id; returns the one before.
fn set_id(message: &mut [u8], id: u16) -> Option<u16> {
    let place = message.first_chunk_mut::<2>()?;
    Some(u16::from_be_bytes(std::mem::replace(place, id.to_be_bytes())))
}

/// Whether `answer` belongs to `query`: the same id and question (RFC 5452 §9.1).
fn matches(answer: &[u8], query: &[u8]) -> bool {
    let head = |message| {
        let mut decoder = BinDecoder::new(message);
        let header = Header::read(&mut decoder).ok()?;
        Some((header.metadata, Query::read(&mut decoder).ok()?))
    };
    match (head(answer), head(query)) {
        (Some((answer, answered)), Some((query, asked))) => {
            answer.message_type == MessageType::Response && answer.id == query.id && answered == asked
        }
        _ => false,
    }
}

/// The name servers of a resolv.conf(5).
fn resolv_conf(text: &str) -> Vec<SocketAddr> {
    let servers = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        (words.next() == Some("nameserver")).then(|| words.next()).flatten()
    });
    servers.filter_map(|server| Some(SocketAddr::new(server.parse().ok()?, 53))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolv_confs() {
        let table = [
            ("", vec![]),
            ("# nameserver 192.0.2.1\nsearch x\nnameserver 192.0.2.53\n", vec!["192.0.2.53:53"]),
            (
                "nameserver 192.0.2.1\n nameserver\t2001:db8::1 # two\nnameserver nonsense\n",
                vec!["192.0.2.1:53", "[2001:db8::1]:53"],
            ),
        ];
        for (text, expected) in table {
            let expected: Vec<SocketAddr> = expected.into_iter().map(|server| server.parse().unwrap()).collect();
            assert_eq!(resolv_conf(text), expected, "{text}");
        }
    }
}
