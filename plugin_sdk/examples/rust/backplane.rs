//! The contract of <backplane/abi.h>, version 1.0, as Rust sees it. Copy it beside your plugin; what
//! each field means, who owns it and which thread may use it stands in that header. A plugin of 1.0
//! is loaded by every host of 1.x.
#![allow(dead_code)] // A plugin need not use all of it.

use std::os::raw::{c_char, c_void};

pub const MAGIC: u32 = 0x3150_4B42;
pub const ABI_MAJOR: u32 = 1;
pub const ABI_MINOR: u32 = 0;

pub type Status = i32;
pub const OK: Status = 0;
pub const INVALID: Status = 1;
pub const NOT_FOUND: Status = 2;
pub const UNAVAILABLE: Status = 3;
pub const DEADLINE: Status = 4;
pub const CANCELLED: Status = 5;
pub const INTERNAL: Status = 6;
pub const UNSUPPORTED: Status = 7;
pub const EXHAUSTED: Status = 8;
pub const CONTRACT: Status = 9;

pub const LOG_DEBUG: u32 = 0;
pub const LOG_INFO: u32 = 1;
pub const LOG_WARNING: u32 = 2;
pub const LOG_ERROR: u32 = 3;

pub const WRITE_MORE: u32 = 1;

pub const STATELESS: u32 = 1;
pub const BATCH: u32 = 2;
pub const ASYNC: u32 = 4;
pub const STREAM: u32 = 8;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Str {
    pub ptr: *const c_char,
    pub len: u64,
}

impl Str {
    pub fn of(bytes: &[u8]) -> Str {
        Str {
            ptr: bytes.as_ptr() as *const c_char,
            len: bytes.len() as u64,
        }
    }

    /// What the host lent, for as long as it said; the caller must not keep it longer.
    pub unsafe fn bytes<'a>(self) -> &'a [u8] {
        if self.len == 0 {
            return &[];
        }
        std::slice::from_raw_parts(self.ptr as *const u8, self.len as usize)
    }
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct KeyValue {
    pub key: Str,
    pub value: Str,
}

#[repr(C)]
pub struct Error {
    pub struct_size: u32,
    pub code: Status,
    pub message: [u8; 248],
}

impl Error {
    /// Cut to fit, on a border of characters, and ended by NUL.
    pub fn set(&mut self, code: Status, message: &str) {
        let mut length = message.len().min(self.message.len() - 1);
        while !message.is_char_boundary(length) {
            length -= 1;
        }
        self.message[..length].copy_from_slice(&message.as_bytes()[..length]);
        self.message[length] = 0;
        self.code = code;
    }
}

/// Types that only one side knows.
#[repr(C)]
pub struct Call {
    opaque: [u8; 0],
}
#[repr(C)]
pub struct HostContext {
    opaque: [u8; 0],
}
#[repr(C)]
pub struct Replica {
    opaque: [u8; 0],
}

#[repr(C)]
pub struct Request {
    pub struct_size: u32,
    pub header_count: u32,
    pub method: Str,
    pub path: Str,
    pub query: Str,
    pub body: Str,
    pub content_type: Str,
    pub headers: *const KeyValue,
    pub deadline_ns: u64,
    pub trace_id: Str,
}

#[repr(C)]
pub struct Host {
    pub struct_size: u32,
    pub magic: u32,
    pub abi_major: u32,
    pub abi_minor: u32,
    pub ctx: *mut HostContext,
    pub get_extension: unsafe extern "C" fn(*mut HostContext, *const c_char) -> *const c_void,
    pub log: unsafe extern "C" fn(*mut HostContext, u32, Str),
    pub call_request: unsafe extern "C" fn(*mut Call) -> *const Request,
    pub call_cancelled: unsafe extern "C" fn(*mut Call) -> u32,
    pub call_alloc: unsafe extern "C" fn(*mut Call, u64) -> *mut c_void,
    pub call_head: unsafe extern "C" fn(*mut Call, u32, *const KeyValue, u32) -> Status,
    pub call_write: unsafe extern "C" fn(*mut Call, *const c_void, u64, u32) -> Status,
    pub call_complete: unsafe extern "C" fn(*mut Call, Status, Str),
}

#[repr(C)]
pub struct ReplicaInfo {
    pub struct_size: u32,
    pub replica_index: u32,
    pub handler: Str,
    pub backend: Str,
    pub config_json: Str,
    pub generation: u64,
}

#[repr(C)]
pub struct Handler {
    pub struct_size: u32,
    pub flags: u32,
    pub max_batch: u32,
    pub reserved0: u32,
    pub name: *const c_char,
    pub version: *const c_char,
    pub user: *const c_void,
    pub create: unsafe extern "C" fn(
        *const Handler,
        *const Host,
        *const ReplicaInfo,
        *mut *mut Replica,
        *mut Error,
    ) -> Status,
    pub destroy: unsafe extern "C" fn(*mut Replica),
    pub execute: unsafe extern "C" fn(*mut Replica, *const *mut Call, u32) -> Status,
    pub reconfigure: Option<unsafe extern "C" fn(*mut Replica, Str, *mut Error) -> Status>,
    pub health: Option<unsafe extern "C" fn(*mut Replica, *mut Error) -> Status>,
    pub get_extension: Option<unsafe extern "C" fn(*mut Replica, *const c_char) -> *const c_void>,
}

#[repr(C)]
pub struct Plugin {
    pub struct_size: u32,
    pub magic: u32,
    pub abi_major: u32,
    pub abi_minor: u32,
    pub name: *const c_char,
    pub version: *const c_char,
    pub handler_count: u32,
    pub reserved0: u32,
    pub handlers: *const *const Handler,
    pub init: Option<unsafe extern "C" fn(*const Host, *mut Error) -> Status>,
    pub deinit: Option<unsafe extern "C" fn()>,
}

// Its services may be called by any thread.
unsafe impl Sync for Host {}
// They are constant, and so is what they point to.
unsafe impl Sync for Handler {}
unsafe impl Sync for Plugin {}

/// The ELF note. It stands in the file as
/// `#[used] #[link_section = ".note.backplane"] static NOTE: NoteRecord = note("mean", "1.0.0");`
#[repr(C)]
pub struct NoteRecord {
    owner_size: u32,
    content_size: u32,
    kind: u32,
    owner: [u8; 8],
    magic: u32,
    abi_major: u32,
    abi_minor: u32,
    min_host_minor: u32,
    name: [u8; 48],
    version: [u8; 32],
}

/// `name` and `version` are those of the Plugin. Too long a one does not compile.
pub const fn note(name: &str, version: &str) -> NoteRecord {
    NoteRecord {
        owner_size: 5,
        content_size: 96,
        kind: 1,
        owner: *b"BKPL\0\0\0\0",
        magic: MAGIC,
        abi_major: ABI_MAJOR,
        abi_minor: ABI_MINOR,
        min_host_minor: 0,
        name: padded(name),
        version: padded(version),
    }
}

const fn padded<const N: usize>(text: &str) -> [u8; N] {
    let bytes = text.as_bytes();
    assert!(bytes.len() < N);
    let mut padded = [0; N];
    let mut i = 0;
    while i < bytes.len() {
        padded[i] = bytes[i];
        i += 1;
    }
    padded
}

// The sizes that tests/conformance/abi/v1_0.inc freezes.
const _: () = {
    use std::mem::size_of;
    assert!(size_of::<Str>() == 16 && size_of::<KeyValue>() == 32 && size_of::<Error>() == 256);
    assert!(size_of::<Request>() == 120 && size_of::<Host>() == 88);
    assert!(size_of::<ReplicaInfo>() == 64 && size_of::<Handler>() == 88);
    assert!(size_of::<Plugin>() == 64 && size_of::<NoteRecord>() == 116);
};
