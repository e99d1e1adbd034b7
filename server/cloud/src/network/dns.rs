//! DNS for guests: the names of a network's own instances, and everything else from the host's resolvers.
//!
//! A tenant's names are answered here and never leave, nor do questions that only make sense inside: names under the cloud's domain,
//! names of one label and the reverse names of private addresses. What is passed on is passed on as it is (RFC 5625), with an id and a
//! source port of our own. Guests are hostile: a question costs one of a few slots per network and a few seconds at most; a guest that
//! floods loses its own network's answers and nobody else's.

mod ask;
mod forward;

pub use forward::Resolvers;

use api::NetworkId;
use ask::{Ask, ask, is_inside, respond};
use async_trait::async_trait;
use bytes::Bytes;
use forward::{Transport, framed};
use futures::{SinkExt, StreamExt};
use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::{Name, RData, rdata};
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Questions of one network that may be open at once; those beyond are dropped, and their askers ask again.
const AT_ONCE: usize = 128;
/// TCP connections of one network; those beyond are closed.
const CONNECTIONS: usize = 32;
/// How long a connection may be silent.
const SILENCE: Duration = Duration::from_secs(5);
/// The longest datagram, in bytes: what resolvers offer by EDNS at most.
const MAX: usize = 4096;

/// What the instances of a network are called, by their host names without domain, in lower case.
#[async_trait]
pub trait Names: Send + Sync {
    async fn address(&self, network: NetworkId, host: &str) -> Option<Ipv4Addr>;
    async fn host(&self, network: NetworkId, address: Ipv4Addr) -> Option<String>;
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

    /// Answers until `closed` is cancelled or the datagram socket fails.
    pub async fn serve(
        self,
        datagrams: std::net::UdpSocket,
        connections: std::net::TcpListener,
        closed: CancellationToken,
    ) -> io::Result<()> {
        let datagrams = Arc::new(UdpSocket::from_std(datagrams)?);
        let connections = TcpListener::from_std(connections)?;
        let serving = async {
            tokio::select! {
                failed = self.serve_datagrams(datagrams, &closed) => failed,
                never = self.serve_connections(connections, &closed) => never,
            }
        };
        closed.run_until_cancelled(serving).await.unwrap_or(Ok(()))
    }

    async fn serve_datagrams(&self, socket: Arc<UdpSocket>, closed: &CancellationToken) -> io::Result<()> {
        let slots = Arc::new(Semaphore::new(AT_ONCE));
        let mut buffer = [0; MAX];
        loop {
            let (length, guest) = socket.recv_from(&mut buffer).await?;
            let Ok(slot) = slots.clone().try_acquire_owned() else { continue };
            let (dns, socket, request) = (self.clone(), socket.clone(), buffer[..length].to_vec());
            tokio::spawn(closed.clone().run_until_cancelled_owned(async move {
                if let Some(answer) = dns.answer(&request, Transport::Udp).await {
                    // The guest may be gone by now.
                    let _ = socket.send_to(&answer, guest).await;
                }
                drop(slot);
            }));
        }
    }

    async fn serve_connections(&self, listener: TcpListener, closed: &CancellationToken) -> io::Result<()> {
        let slots = Arc::new(Semaphore::new(CONNECTIONS));
        loop {
            // What can fail here passes: the guest hung up, or this process has too many files open for now.
            let Ok((stream, _)) = listener.accept().await else {
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let Ok(slot) = slots.clone().try_acquire_owned() else { continue };
            let dns = self.clone();
            tokio::spawn(closed.clone().run_until_cancelled_owned(async move {
                dns.serve_connection(stream).await;
                drop(slot);
            }));
        }
    }

    /// Answers one question after another until the guest falls silent, hangs up or talks nonsense.
    async fn serve_connection(&self, stream: TcpStream) {
        let mut connection = framed(stream);
        while let Ok(Some(Ok(request))) = timeout(SILENCE, connection.next()).await {
            let Some(answer) = self.answer(&request, Transport::Tcp).await else { return };
            if !matches!(timeout(SILENCE, connection.send(Bytes::from(answer))).await, Ok(Ok(()))) {
                return;
            }
        }
    }

    /// The answer to a request; `None` for what is none.
    async fn answer(&self, request: &[u8], transport: Transport) -> Option<Vec<u8>> {
        let message = Message::from_vec(request).ok()?;
        let (code, data) = match ask(&message, &self.domain)? {
            Ask::Forward => match self.resolvers.ask(request, transport).await {
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
                None => match self.resolvers.ask(request, transport).await {
                    Some(answer) => return Some(answer),
                    None => (ResponseCode::ServFail, None),
                },
            },
            Ask::Known(code) => (code, None),
        };
        respond(&message, code, data)
    }
}

#[cfg(test)]
mod tests;
