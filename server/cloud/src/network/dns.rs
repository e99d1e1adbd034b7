//! DNS for guests: the names of a network's own instances, and everything else from the host's resolvers.
//!
//! A tenant's names are answered here and never leave, nor do questions that only make sense inside: names under the cloud's domain,
//! names of one label and the reverse names of private addresses. What is passed on is passed on as it is (RFC 5625), with an id and a
//! source port of our own. Guests are hostile: a question costs one of a few slots per network and a few seconds at most; a guest that
//! floods loses its own network's answers and nobody else's.

use api::NetworkId;
use async_trait::async_trait;
use hickory_proto::op::{Header, Message, MessageType, Metadata, OpCode, Query, ResponseCode};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType, rdata};
use hickory_proto::serialize::binary::{BinDecodable, BinDecoder};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Questions of one network that may be open at once; those beyond are dropped, and their askers ask again.
const AT_ONCE: usize = 128;
/// The longest question and answer, in bytes: what resolvers offer by EDNS at most.
const MAX: usize = 4096;
/// How long one of the host's resolvers may take. There are three at most (resolv.conf(5)).
const TRY: Duration = Duration::from_secs(2);
const RESOLVERS: usize = 3;
/// Seconds that guests may remember a name of their network.
const TTL: u32 = 30;

/// What the instances of a network are called, by their host names without domain, in lower case.
#[async_trait]
pub trait Names: Send + Sync {
    async fn address(&self, network: NetworkId, host: &str) -> Option<Ipv4Addr>;
    async fn host(&self, network: NetworkId, address: Ipv4Addr) -> Option<String>;
}

/// Who knows the names of the world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolvers {
    /// Those of the host, read anew for every question as the host may move.
    ResolvConf,
    These(Vec<SocketAddr>),
}

/// The configured domain is not a domain name.
#[derive(Debug, thiserror::Error)]
#[error("“{0}” is not a domain name")]
pub struct NotADomain(String);

/// The DNS service of one network.
#[derive(Clone)]
pub struct Dns {
    network: NetworkId,
    domain: Name,
    names: Arc<dyn Names>,
    resolvers: Resolvers,
}

impl Dns {
    /// `domain` is what the guests learn by DHCP, such as `cloud.internal`.
    pub fn new(
        network: NetworkId,
        domain: &str,
        names: Arc<dyn Names>,
        resolvers: Resolvers,
    ) -> Result<Self, NotADomain> {
        let mut name = Name::from_ascii(domain).map_err(|_| NotADomain(domain.to_owned()))?.to_lowercase();
        name.set_fqdn(true);
        Ok(Self { network, domain: name, names, resolvers })
    }

    /// Answers on `socket` until `closed` is cancelled or the socket fails.
    pub async fn serve(self, socket: std::net::UdpSocket, closed: CancellationToken) -> io::Result<()> {
        let socket = Arc::new(UdpSocket::from_std(socket)?);
        let slots = Arc::new(Semaphore::new(AT_ONCE));
        let mut buffer = [0; MAX];
        while let Some(received) = closed.run_until_cancelled(socket.recv_from(&mut buffer)).await {
            let (length, guest) = received?;
            let Ok(slot) = slots.clone().try_acquire_owned() else { continue };
            let (dns, socket, closed, request) =
                (self.clone(), socket.clone(), closed.clone(), buffer[..length].to_vec());
            tokio::spawn(async move {
                let _slot = slot;
                let reply = async {
                    if let Some(answer) = dns.answer(&request).await {
                        // The guest may be gone by now.
                        let _ = socket.send_to(&answer, guest).await;
                    }
                };
                closed.run_until_cancelled(reply).await;
            });
        }
        Ok(())
    }

    /// The answer to a request; `None` for what is none.
    async fn answer(&self, request: &[u8]) -> Option<Vec<u8>> {
        let message = Message::from_vec(request).ok()?;
        let (code, data) = match ask(&message, &self.domain)? {
            Ask::Forward => match self.forward(request).await {
                Some(answer) => return Some(answer),
                None => (ResponseCode::ServFail, None),
            },
            Ask::Address { host, wanted } => match self.names.address(self.network, &host).await {
                Some(address) => (ResponseCode::NoError, wanted.then_some(RData::A(rdata::A(address)))),
                None => (ResponseCode::NXDomain, None),
            },
            Ask::Host(address) => match self.names.host(self.network, address).await {
                Some(host) => match Name::from_ascii(host).and_then(|host| host.append_domain(&self.domain)) {
                    Ok(name) => (ResponseCode::NoError, Some(RData::PTR(rdata::PTR(name)))),
                    Err(_) => (ResponseCode::NXDomain, None),
                },
                None if is_inside(address) => (ResponseCode::NXDomain, None),
                None => match self.forward(request).await {
                    Some(answer) => return Some(answer),
                    None => (ResponseCode::ServFail, None),
                },
            },
            Ask::Known(code) => (code, None),
        };
        respond(&message, code, data)
    }

    /// Asks the resolvers one after another.
    async fn forward(&self, request: &[u8]) -> Option<Vec<u8>> {
        let resolvers = match &self.resolvers {
            Resolvers::ResolvConf => {
                resolv_conf(&tokio::fs::read_to_string("/etc/resolv.conf").await.unwrap_or_default())
            }
            Resolvers::These(resolvers) => resolvers.clone(),
        };
        for resolver in resolvers.into_iter().take(RESOLVERS) {
            match timeout(TRY, exchange(resolver, request)).await {
                Ok(Ok(answer)) => return Some(answer),
                Ok(Err(error)) => tracing::debug!(%resolver, %error, "the resolver cannot be asked"),
                Err(_) => tracing::debug!(%resolver, "the resolver does not answer"),
            }
        }
        None
    }
}

/// What a request comes to.
#[derive(Debug, PartialEq, Eq)]
enum Ask {
    /// The address of an instance; unless that is `wanted`, whether there is such a name.
    Address {
        host: String,
        wanted: bool,
    },
    /// The name at an address.
    Host(Ipv4Addr),
    /// Nothing to look up.
    Known(ResponseCode),
    Forward,
}

/// What `message` asks for; `None` if it is not a request.
fn ask(message: &Message, domain: &Name) -> Option<Ask> {
    if message.metadata.message_type != MessageType::Query {
        return None;
    }
    if message.metadata.op_code != OpCode::Query {
        return Some(Ask::Known(ResponseCode::NotImp));
    }
    let [query] = message.queries.as_slice() else { return Some(Ask::Known(ResponseCode::FormErr)) };
    if query.query_class != DNSClass::IN {
        return Some(Ask::Known(ResponseCode::Refused));
    }
    let name = query.name.to_lowercase();
    let labels = usize::from(name.num_labels());
    let inside = domain.zone_of(&name);
    if inside && labels == usize::from(domain.num_labels()) {
        return Some(Ask::Known(ResponseCode::NoError));
    }
    if query.query_type == RecordType::PTR
        && let Some(address) = reverse(&name)
    {
        return Some(Ask::Host(address));
    }
    let is_host = if inside { labels == usize::from(domain.num_labels()) + 1 } else { labels == 1 };
    let of_address = matches!(query.query_type, RecordType::A | RecordType::AAAA);
    if is_host && (inside || of_address) {
        let host = name.iter().next().and_then(|label| std::str::from_utf8(label).ok());
        let wanted = query.query_type == RecordType::A;
        return Some(
            host.map_or(Ask::Known(ResponseCode::NXDomain), |host| Ask::Address { host: host.to_owned(), wanted }),
        );
    }
    Some(if inside { Ask::Known(ResponseCode::NXDomain) } else { Ask::Forward })
}

/// The address that a name under in-addr.arpa stands for.
fn reverse(name: &Name) -> Option<Ipv4Addr> {
    let network = name.parse_arpa_name().ok()?;
    match network.addr() {
        IpAddr::V4(address) if network.prefix_len() == 32 => Some(address),
        _ => None,
    }
}

/// Whether nobody outside can know the address's name (RFC 6303).
fn is_inside(address: Ipv4Addr) -> bool {
    address.is_private() || address.is_loopback() || address.is_link_local() || address.is_unspecified()
}

fn respond(request: &Message, code: ResponseCode, data: Option<RData>) -> Option<Vec<u8>> {
    let mut response = Message::response(request.metadata.id, request.metadata.op_code);
    response.metadata = Metadata::response_from_request(&request.metadata);
    response.metadata.response_code = code;
    response.metadata.recursion_available = true;
    response.edns = request.edns.as_ref().map(|_| {
        let mut edns = hickory_proto::op::Edns::new();
        edns.set_max_payload(1232);
        edns
    });
    response.add_queries(request.queries.iter().take(1).cloned());
    if let (Some(query), Some(data)) = (request.queries.first(), data) {
        response.metadata.authoritative = true;
        response.add_answer(Record::from_rdata(query.name.clone(), TTL, data));
    }
    response.to_vec().ok()
}

/// Sends the request to a resolver and waits for its answer, for as long as it takes.
async fn exchange(resolver: SocketAddr, request: &[u8]) -> io::Result<Vec<u8>> {
    let any: IpAddr = if resolver.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).await?;
    socket.connect(resolver).await?;
    let own_id: u16 = rand::random();
    let mut query = request.to_vec();
    let guests_id = set_id(&mut query, own_id).ok_or(io::ErrorKind::InvalidData)?;
    socket.send(&query).await?;
    let mut buffer = [0; MAX];
    loop {
        let length = socket.recv(&mut buffer).await?;
        let mut answer = buffer[..length].to_vec();
        if matches(&answer, &query) {
            set_id(&mut answer, guests_id);
            return Ok(answer);
        }
    }
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
mod tests;
