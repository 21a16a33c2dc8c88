//! A whole plugin in Rust. Answers with the mean, rounded towards 0, of the integers in the body of
//! the request, or in its query where there is no body: `/mean?1,2,6` is 3. X-Answered counts what
//! this replica has answered.

mod backplane;

use backplane as bp;
use std::any::Any;
use std::mem::size_of;
use std::os::raw::{c_char, c_void};
use std::panic::{catch_unwind, AssertUnwindSafe};

/// One replica is one thread: nothing here needs a lock.
struct Mean {
    host: &'static bp::Host, // outlives the replica
    answered: u64,
}

struct Failure {
    status: bp::Status,
    message: String,
}

fn invalid(message: String) -> Failure {
    Failure {
        status: bp::INVALID,
        message,
    }
}

fn mean(text: &[u8]) -> Result<i128, Failure> {
    let text = std::str::from_utf8(text).map_err(|_| invalid("the text is not UTF-8".into()))?;
    let (mut sum, mut count) = (0i128, 0i128);
    for word in text
        .split(|c: char| c == ',' || c.is_ascii_whitespace())
        .filter(|w| !w.is_empty())
    {
        let number: i64 = word
            .parse()
            .map_err(|_| invalid(format!("'{}' is no integer", word)))?;
        sum += i128::from(number);
        count += 1;
    }
    // Of no integers there is no mean: this panics, and costs that one request a 500.
    Ok(sum / count)
}

impl Mean {
    /// Does everything for `call` but completing it.
    unsafe fn answer(&mut self, call: *mut bp::Call) -> Result<(), Failure> {
        let request = &*(self.host.call_request)(call);
        let text = if request.body.len > 0 {
            request.body
        } else {
            request.query
        };
        let body = mean(text.bytes())?.to_string();
        let answered = (self.answered + 1).to_string();
        let field = bp::KeyValue {
            key: bp::Str::of(b"X-Answered"),
            value: bp::Str::of(answered.as_bytes()),
        };
        taken((self.host.call_head)(call, 200, &field, 1))?;
        let bytes = body.as_ptr() as *const c_void;
        taken((self.host.call_write)(call, bytes, body.len() as u64, 0))?;
        self.answered += 1;
        Ok(())
    }
}

fn taken(status: bp::Status) -> Result<(), Failure> {
    match status {
        bp::OK => Ok(()),
        _ => Err(Failure {
            status,
            message: "the host did not take the answer".into(),
        }),
    }
}

/// No panic may leave a function that the host calls: what it says becomes a failure.
fn guarded<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        Err(Failure {
            status: bp::INTERNAL,
            message: words_of(panic.as_ref()),
        })
    })
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    if let Some(words) = panic.downcast_ref::<&str>() {
        return (*words).to_string();
    }
    panic
        .downcast_ref::<String>()
        .cloned()
        .unwrap_or_else(|| "the plugin panicked".to_string())
}

/// Panics are told to the host's log. The hook that Rust's library brings writes to standard error
/// and, where RUST_BACKTRACE is set, maps this file once more and never unmaps it.
unsafe extern "C" fn init(host: *const bp::Host, _error: *mut bp::Error) -> bp::Status {
    let host: &'static bp::Host = &*host;
    std::panic::set_hook(Box::new(move |panic| {
        let words = panic.to_string();
        (host.log)(host.ctx, bp::LOG_ERROR, bp::Str::of(words.as_bytes()));
    }));
    bp::OK
}

unsafe extern "C" fn deinit() {
    drop(std::panic::take_hook());
}

unsafe extern "C" fn create(
    _handler: *const bp::Handler,
    host: *const bp::Host,
    info: *const bp::ReplicaInfo,
    out: *mut *mut bp::Replica,
    error: *mut bp::Error,
) -> bp::Status {
    let made = guarded(|| {
        if (*info).config_json.len > 0 {
            return Err(invalid("handler 'mean' takes no init".into()));
        }
        Ok(Box::new(Mean {
            host: &*host,
            answered: 0,
        }))
    });
    match made {
        Ok(replica) => {
            *out = Box::into_raw(replica) as *mut bp::Replica;
            bp::OK
        }
        Err(failure) => {
            (*error).set(failure.status, &failure.message);
            failure.status
        }
    }
}

unsafe extern "C" fn destroy(replica: *mut bp::Replica) {
    drop(Box::from_raw(replica as *mut Mean));
}

unsafe extern "C" fn execute(
    replica: *mut bp::Replica,
    calls: *const *mut bp::Call,
    count: u32,
) -> bp::Status {
    let replica = &mut *(replica as *mut Mean);
    for &call in std::slice::from_raw_parts(calls, count as usize) {
        let (status, message) = match guarded(|| replica.answer(call)) {
            Ok(()) => (bp::OK, String::new()),
            Err(failure) => (failure.status, failure.message),
        };
        (replica.host.call_complete)(call, status, bp::Str::of(message.as_bytes()));
    }
    bp::OK
}

const NAME: *const c_char = b"mean\0".as_ptr() as *const c_char;
const VERSION: *const c_char = b"1.0.0\0".as_ptr() as *const c_char;

static HANDLER: bp::Handler = bp::Handler {
    struct_size: size_of::<bp::Handler>() as u32,
    flags: 0,
    max_batch: 1,
    reserved0: 0,
    name: NAME,
    version: VERSION,
    user: std::ptr::null(),
    create,
    destroy,
    execute,
    reconfigure: None,
    health: None,
    get_extension: None,
};

static HANDLERS: [&bp::Handler; 1] = [&HANDLER];

static PLUGIN: bp::Plugin = bp::Plugin {
    struct_size: size_of::<bp::Plugin>() as u32,
    magic: bp::MAGIC,
    abi_major: bp::ABI_MAJOR,
    abi_minor: bp::ABI_MINOR,
    name: NAME,
    version: VERSION,
    handler_count: HANDLERS.len() as u32,
    reserved0: 0,
    handlers: &HANDLERS as *const [&bp::Handler; 1] as *const *const bp::Handler,
    init: Some(init),
    deinit: Some(deinit),
};

#[used]
#[link_section = ".note.backplane"]
static NOTE: bp::NoteRecord = bp::note("mean", "1.0.0");

/// The one symbol that the file exports.
#[no_mangle]
pub extern "C" fn backplane_plugin_v1(host_major: u32, _host_minor: u32) -> *const bp::Plugin {
    if host_major == bp::ABI_MAJOR {
        &PLUGIN
    } else {
        std::ptr::null()
    }
}
