//! A listener: a whole foreign stack of WebRTC, which answers offers, checks addresses, asks for what is missing, and reports.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use bytes::BytesMut;
use rtc::{
    dtls::extension::extension_use_srtp::SrtpProtectionProfile,
    interceptor::Registry,
    peer_connection::{
        RTCPeerConnection, RTCPeerConnectionBuilder,
        configuration::{
            interceptor_registry::register_default_interceptors,
            media_engine::{MIME_TYPE_OPUS, MediaEngine},
            setting_engine::SettingEngineBuilder,
        },
        event::RTCPeerConnectionEvent,
        message::{RTCMessage, TaggedRTCMessage},
        sdp::RTCSessionDescription,
        state::RTCPeerConnectionState,
        transport::{CandidateConfig, CandidateHostConfig, RTCDtlsRole, RTCIceCandidate},
    },
    rtp_transceiver::rtp_sender::{
        RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpHeaderExtensionCapability, RtpCodecKind,
    },
    sansio::Protocol,
    shared::{TaggedBytesMut, TransportContext, TransportProtocol},
};

use crate::network::Network;

/// What a listener hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) payload_type: u8,
    pub(crate) payload: Vec<u8>,
    /// Ids of its header extension.
    pub(crate) extensions: Vec<u8>,
}

pub(crate) struct Listener {
    pub(crate) address: SocketAddr,
    pub(crate) is_connected: bool,
    pub(crate) heard: Vec<Heard>,
    peer: RTCPeerConnection,
}

impl Listener {
    /// One that prefers these protections in this order.
    pub(crate) fn new(now: Instant, profiles: Vec<SrtpProtectionProfile>) -> Self {
        let settings = SettingEngineBuilder::new()
            .with_answering_dtls_role(RTCDtlsRole::Client)
            .with_srtp_protection_profiles(profiles)
            .build();
        let mut media = media();
        let registry = register_default_interceptors(Registry::new(), &mut media).expect("interceptors");
        let peer = RTCPeerConnectionBuilder::new()
            .with_setting_engine(settings)
            .with_media_engine(media)
            .with_interceptor_registry(registry)
            .build(now)
            .expect("a peer connection");
        let address = SocketAddr::from(([192, 0, 2, 2], 40_000));
        Self { address, is_connected: false, heard: Vec::new(), peer }
    }

    pub(crate) fn answer(&mut self, now: Instant, offer: &str) -> String {
        let offer = RTCSessionDescription::offer(offer.to_owned()).expect("an offer");
        self.peer.set_remote_description(now, offer).expect("it is understood");
        self.add_address(self.address);
        let answer = self.peer.create_answer(None).expect("an answer");
        self.peer.set_local_description(now, answer.clone()).expect("it is understood");
        answer.sdp
    }

    fn add_address(&mut self, address: SocketAddr) {
        let base_config = CandidateConfig {
            network: "udp".to_owned(),
            address: address.ip().to_string(),
            port: address.port(),
            component: 1,
            ..Default::default()
        };
        let candidate = CandidateHostConfig { base_config, ..Default::default() }.new_candidate_host();
        let candidate = RTCIceCandidate::from(&candidate.expect("a candidate")).to_json().expect("a candidate");
        self.peer.add_local_candidate(candidate).expect("it is taken");
    }

    pub(crate) fn take(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) {
        let transport = TransportContext {
            local_addr: self.address,
            peer_addr: from,
            ecn: None,
            transport_protocol: TransportProtocol::UDP,
        };
        // It refuses packets that come twice, and that is well.
        let _ = self.peer.handle_read(TaggedBytesMut { now, transport, message: BytesMut::from(datagram) });
    }

    pub(crate) fn tick(&mut self, network: &mut Network) {
        if self.peer.poll_timeout().is_some_and(|at| at <= network.now) {
            let _ = self.peer.handle_timeout(network.now);
        }
        while let Some(event) = self.peer.poll_event() {
            if let RTCPeerConnectionEvent::OnConnectionStateChangeEvent(state) = event {
                self.is_connected = state == RTCPeerConnectionState::Connected;
            }
        }
        while let Some(TaggedRTCMessage { message, .. }) = self.peer.poll_read() {
            if let RTCMessage::RtpPacket(_, packet) = message {
                self.heard.push(Heard {
                    sequence: packet.header.sequence_number,
                    timestamp: packet.header.timestamp,
                    payload_type: packet.header.payload_type,
                    payload: packet.payload.to_vec(),
                    extensions: packet.header.get_extension_ids(),
                });
            }
        }
        while let Some(message) = self.peer.poll_write() {
            network.send(self.address, message.transport.peer_addr, message.message.to_vec());
        }
    }

    /// What it heard, in the order of its numbers, each once.
    pub(crate) fn in_order(&self) -> Vec<Heard> {
        let mut heard = self.heard.clone();
        heard.sort_by_key(|heard| heard.sequence);
        heard.dedup();
        heard
    }
}

/// Opus alone, and what is missing is asked for again.
fn media() -> MediaEngine {
    let mut media = MediaEngine::default();
    let nack = RTCPFeedback { typ: "nack".to_owned(), parameter: String::new() };
    let rtp_codec = RTCRtpCodec {
        mime_type: MIME_TYPE_OPUS.to_owned(),
        clock_rate: 48_000,
        channels: 2,
        sdp_fmtp_line: "minptime=10;useinbandfec=1".to_owned(),
        rtcp_feedback: vec![nack],
    };
    let codec = RTCRtpCodecParameters { rtp_codec, payload_type: 111 };
    media.register_codec(codec, RtpCodecKind::Audio).expect("a codec");
    let uri = "urn:ietf:params:rtp-hdrext:ssrc-audio-level".to_owned();
    let extension = RTCRtpHeaderExtensionCapability { uri };
    media.register_header_extension(extension, RtpCodecKind::Audio, None).expect("an extension");
    media
}

/// Lets a time pass for a relay and a listener.
pub(crate) fn pass(network: &mut Network, relay: &mut crate::rig::Relay, listener: &mut Listener, time: Duration) {
    for _ in 0..time.as_millis() {
        for (from, to, datagram) in network.pass() {
            if to == relay.address {
                relay.take(network, from, datagram);
            } else {
                listener.take(network.now, from, &datagram);
            }
        }
        relay.tick(network);
        listener.tick(network);
    }
}
