//! Ethernet frames made and caught by hand: what a guest sends that does not keep to its own addresses.

use super::guest::Spot;
use super::until;
use crate::network::netns::inside;
use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, recv, sendto, socket};
use std::net::Ipv4Addr;
use std::os::fd::{AsRawFd, OwnedFd};

pub type Mac = [u8; 6];

pub fn mac(text: &str) -> Mac {
    let bytes: Vec<u8> = text.split(':').map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();
    bytes.try_into().unwrap()
}

/// An Ethernet frame.
pub fn ethernet(to: Mac, from: Mac, kind: u16, payload: &[u8]) -> Vec<u8> {
    let mut frame = [to.as_slice(), &from, &kind.to_be_bytes(), payload].concat();
    frame.resize(frame.len().max(60), 0);
    frame
}

/// A UDP datagram in IPv4; the datagram has no checksum, as IPv4 allows.
pub fn udp(from: (Ipv4Addr, u16), to: (Ipv4Addr, u16), data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(8 + data.len()).unwrap();
    let mut header = vec![0x45, 0];
    header.extend((20 + length).to_be_bytes());
    header.extend([0, 1, 0, 0, 64, 17, 0, 0]);
    header.extend(from.0.octets());
    header.extend(to.0.octets());
    let sum: u32 = header.chunks(2).map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]]))).sum();
    let folded = u16::try_from((sum & 0xffff) + (sum >> 16)).unwrap();
    header[10..12].copy_from_slice(&(!folded).to_be_bytes());
    let datagram = [from.1.to_be_bytes(), to.1.to_be_bytes(), length.to_be_bytes(), [0, 0]].concat();
    [header, datagram, data.to_vec()].concat()
}

/// An ARP reply that says that `sender` lives at `sender_mac`.
pub fn arp_reply(sender_mac: Mac, sender: Ipv4Addr, target_mac: Mac, target: Ipv4Addr, trailer: &[u8]) -> Vec<u8> {
    let head = [0, 1, 8, 0, 6, 4, 0, 2];
    [head.as_slice(), &sender_mac, &sender.octets(), &target_mac, &target.octets(), trailer].concat()
}

/// Puts a frame on the wire of the guest at `spot`.
pub fn send(spot: &Spot, frame: &[u8]) {
    inside(&spot.0, || {
        let wire = socket(AddressFamily::Packet, SockType::Raw, SockFlag::empty(), None)?;
        let mut interfaces = nix::ifaddrs::getifaddrs()?;
        let link = interfaces
            .find_map(|one| one.address.filter(|_| one.interface_name == "eth0")?.as_link_addr().copied())
            .unwrap();
        sendto(wire.as_raw_fd(), frame, &link, MsgFlags::empty())?;
        Ok(())
    })
    .unwrap();
}

/// Sees every frame at a guest's end of the wire.
pub struct Catcher {
    wire: OwnedFd,
    caught: Vec<Vec<u8>>,
}

impl Catcher {
    pub fn at(spot: &Spot) -> Self {
        let open = || Ok(socket(AddressFamily::Packet, SockType::Raw, SockFlag::SOCK_NONBLOCK, SockProtocol::EthAll)?);
        Self { wire: inside(&spot.0, open).unwrap(), caught: Vec::new() }
    }

    /// Whether a frame with `mark` in it has come.
    pub fn has(&mut self, mark: &[u8]) -> bool {
        let mut buffer = [0; 2048];
        while let Ok(length) = recv(self.wire.as_raw_fd(), &mut buffer, MsgFlags::empty()) {
            self.caught.push(buffer[..length].to_vec());
        }
        self.caught.iter().any(|frame| frame.windows(mark.len()).any(|window| window == mark))
    }

    /// Sends `frame` until a frame with `mark` arrives.
    pub async fn until_arrives(&mut self, from: &Spot, frame: &[u8], mark: &[u8]) {
        let this = std::cell::RefCell::new(self);
        until("a frame arrives", || async {
            send(from, frame);
            this.borrow_mut().has(mark).then_some(())
        })
        .await;
    }
}
