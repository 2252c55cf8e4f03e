# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_heartogether_server_global_optspecs
    string join \n port= host= data-dir= data-lock-wait-ms= data-synchronous= database-url= database-connections= pictures-dir= s3-bucket= s3-endpoint= s3-region= s3-access-key-id= s3-secret-access-key= redis-enabled= redis-url= redis-tls= redis-tls-reject-unauthorized= redis-connect-timeout-ms= site-dir= public-url= frontend-url= log= session-cookie-name= session-cookie-secure= session-ttl-seconds= guests= jwt-secret= session-secret= google-client-id= google-client-secret= google-callback-url= oidc-issuer= oidc-client-id= oidc-client-secret= oidc-name= auth-warm-up-timeout-ms= max-listeners= max-listeners-per-address= room-ttl-ms= room-host-absent-ms= max-lounge-members= lounge-ttl-ms= room-reopen-ms= rate-limit-requests= rate-limit-window-ms= rate-limit-lookup-requests= rate-limit-lookup-window-ms= rate-limit-sign-in-requests= rate-limit-sign-in-window-ms= rate-limit-address-requests= rate-limit-address-window-ms= rate-limit-messages= rate-limit-messages-per-address= max-rooms-per-address= rate-limit-rooms-per-address= max-rooms= max-guests= max-database-bytes= max-picture-bytes-per-room= max-picture-bytes-per-account= max-connections= max-connections-per-address= max-sockets-per-address= stun-urls= expressturn-urls= expressturn-username= expressturn-credential= turn-urls= turn-username= turn-credential= turn-secret= turn-ttl-seconds= ice-transport-policy= trusted-proxies= hsts-seconds= service-worker= tls-cert= tls-key= acme-domain= acme-contact= acme-directory= acme-roots= http-port= metrics-addr= log-format= otel-exporter-otlp-endpoint= otel-traces-sampler-arg= stop-delay-ms= stop-spread-ms= stop-timeout-ms= h/help V/version
end

function __fish_heartogether_server_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_heartogether_server_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_heartogether_server_using_subcommand
    set -l cmd (__fish_heartogether_server_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l port -d 'Port to listen on; 0 means any free port [default: 3000, or 443 with a certificate]' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l host -d 'Address to listen on [default: `::`, which means all IPv6 and IPv4 addresses; 0.0.0.0 without IPv6]' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l data-dir -d 'Folder for accounts and rooms, created if missing; only one server at a time uses it [default: $XDG_DATA_HOME/heartogether, ~/.local/share/heartogether or ./data, the first that is known]' -r -F
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l data-lock-wait-ms -d 'Milliseconds to wait until another server releases DATA_DIR' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l data-synchronous -d 'What a power cut can lose: the last commits, but no log-out, removal or deletion (`normal`), or nothing (`full`)' -r -f -a "normal\t'The last commits, as far back as the last checkpoint of the write-ahead log; never a log-out, a removal or a deletion'
full\t'Nothing that the server has answered: every commit waits for the disk'"
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l database-url -d 'URL of a PostgreSQL database for accounts, rooms and messages, such as `postgres://USER:PASSWORD@HOST/DATABASE?sslmode=verify-full` [default: a SQLite file in DATA_DIR]' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l database-connections -d 'Connections to the database of DATABASE_URL at once, at most' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l pictures-dir -d 'Folder for the pictures in messages; nodes that share their rooms need one that all of them see, or S3_BUCKET [default: `pictures` in DATA_DIR]' -r -F
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l s3-bucket -d 'Bucket for the pictures in messages, on a server that speaks S3, instead of PICTURES_DIR' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l s3-endpoint -d 'URL of that server, such as `https://s3.example.org` [default: Amazon\'s for S3_REGION]' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l s3-region -d 'Region of that server' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l s3-access-key-id -d 'Name of the key to S3_BUCKET' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l s3-secret-access-key -d 'The key to S3_BUCKET' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l redis-enabled -d 'Whether REDIS_URL is used [default: true if it is set]' -r -f -a "true\t''
false\t''"
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l redis-url -d 'URL of Redis 7 or newer, or Valkey, by which several nodes share their rooms: `redis://USER:PASSWORD@HOST:PORT`, with several hosts separated by commas for Sentinels (`?master=NAME`) or a cluster; needs DATABASE_URL and JWT_SECRET [default: one node, without Redis]' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l redis-tls -d 'Whether Redis is reached over TLS [default: true if REDIS_URL begins with rediss]' -r -f -a "true\t''
false\t''"
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l redis-tls-reject-unauthorized -d 'Whether the certificate of Redis has to be one that this machine trusts; without this, whoever stands in between can read and change what is sent' -r -f -a "true\t''
false\t''"
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l redis-connect-timeout-ms -d 'Milliseconds that a connection to Redis may take to be there' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l site-dir -d 'Folder of the built site [default: `site` beside the binary or one level up, or ./target/site]' -r -F
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l public-url -d 'URL at which the public reaches this server: links and QR codes contain it, and its pages may send requests to the server [default: the address that the visitor used, and on loopback this machine\'s address in the local network]. It may have a path, such as `https://example.org/hear`' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l frontend-url -d 'URLs of other sites whose pages may send requests to this server, separated by commas' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l log -d 'What to log: a level (error, warn, info, debug, trace) or a filter such as `info,heartogether_server=debug`; libraries never log more than info, because they would log the data they process' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l session-cookie-name -d 'Name of the session cookie' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l session-cookie-secure -d 'Send cookies over HTTPS only [default: true if people use HTTPS or PUBLIC_URL is an https address]' -r -f -a "true\t''
false\t''"
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l session-ttl-seconds -d 'Seconds until a session expires' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l guests -d 'What guests may do: `host`, `listen` or `off` [default: host without a sign-in provider, listen with one]' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l jwt-secret -d 'Secret that signs sessions, 32 characters or more [default: generated and kept in the data folder]' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l session-secret -d 'Another name for JWT_SECRET, used if that is not set' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l google-client-id -d 'Client id of this server at Google' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l google-client-secret -d 'Client secret of this server at Google' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l google-callback-url -d 'Address to which Google returns visitors [default: /auth/google/callback at PUBLIC_URL or the address in use]' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l oidc-issuer -d 'Issuers of other OpenID Connect providers, separated by commas' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l oidc-client-id -d 'Client ids of this server at OIDC_ISSUER, in the same order' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l oidc-client-secret -d 'Client secrets of this server at OIDC_ISSUER, in the same order; empty for public clients. A single secret may contain commas' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l oidc-name -d 'Names of OIDC_ISSUER that people see, in the same order; their letters and digits form the path /auth/NAME [default: its host]' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l auth-warm-up-timeout-ms -d 'Milliseconds for which a page waits until a server or a provider wakes up' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l max-listeners -d 'Listeners in a room' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l max-listeners-per-address -d 'Listeners in a room from one address (for IPv6 a /56), except the host\'s own address [default: nine tenths of MAX_LISTENERS]' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l room-ttl-ms -d 'Milliseconds without a live host or any activity after which a room ends' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l room-host-absent-ms -d 'Milliseconds without the host after which a room ends' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l max-lounge-members -d 'Members of a lounge, present or not' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l lounge-ttl-ms -d 'Milliseconds after the last message at which a lounge ends; so long its members keep their places while they are away' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l room-reopen-ms -d 'Milliseconds after the end of a room for which its owner can open it again' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l rate-limit-requests -d 'Rooms that an account may open in RATE_LIMIT_WINDOW_MS' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l rate-limit-window-ms -d 'Milliseconds for RATE_LIMIT_REQUESTS' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l rate-limit-lookup-requests -d 'Rooms that may be looked up from one address (for IPv6 a /64) in RATE_LIMIT_LOOKUP_WINDOW_MS' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l rate-limit-lookup-window-ms -d 'Milliseconds for RATE_LIMIT_LOOKUP_REQUESTS' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l rate-limit-sign-in-requests -d 'Guests who may sign in from one address in RATE_LIMIT_SIGN_IN_WINDOW_MS, counted for each room if they enter one [default: 120, or twice MAX_LISTENERS if that is more]' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l rate-limit-sign-in-window-ms -d 'Milliseconds for RATE_LIMIT_SIGN_IN_REQUESTS' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l rate-limit-address-requests -d 'Requests of any kind from one address in RATE_LIMIT_ADDRESS_WINDOW_MS, except requests for the site\'s code and styles [default: 1200, or 40 times MAX_LISTENERS if that is more]' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l rate-limit-address-window-ms -d 'Milliseconds for RATE_LIMIT_ADDRESS_REQUESTS' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l rate-limit-messages -d 'Messages a minute from one account' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l rate-limit-messages-per-address -d 'Messages a minute from one address (for IPv6 a /56) [default: 60, or twice MAX_LISTENERS if that is more]' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l max-rooms-per-address -d 'Rooms opened from one address that are open at the same time' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l rate-limit-rooms-per-address -d 'Rooms that may be opened from one address in RATE_LIMIT_WINDOW_MS' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l max-rooms -d 'Rooms that are open at the same time' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l max-guests -d 'Guests whose accounts are kept' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l max-database-bytes -d 'Size of the database in bytes at which the server refuses new rooms and new guests; an eighth above it, nobody can join an open room or write there; 0 means no limit' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l max-picture-bytes-per-room -d 'Bytes of the pictures in one lounge; 0 means no pictures' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l max-picture-bytes-per-account -d 'Bytes of the pictures of one account, in all lounges' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l max-connections -d 'Connections at the same time, if the system allows as many open files; the last tenth is for addresses with few connections [default: 16384, or 16 times MAX_LISTENERS if that is more]' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l max-connections-per-address -d 'Connections from one address at the same time, except for TRUSTED_PROXIES [default: 512, or 8 times MAX_LISTENERS if that is more]' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l max-sockets-per-address -d 'Members\' connections from one address at the same time [default: 128, or twice MAX_LISTENERS if that is more]' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l stun-urls -d 'STUN servers, separated by commas; `none` for no server' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l expressturn-urls -d 'ExpressTURN servers, separated by commas' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l expressturn-username -d 'User name for EXPRESSTURN_URLS' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l expressturn-credential -d 'Password for EXPRESSTURN_URLS' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l turn-urls -d 'TURN servers, separated by commas' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l turn-username -d 'User name for TURN_URLS' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l turn-credential -d 'Password for TURN_URLS' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l turn-secret -d 'Secret shared with the servers of TURN_URLS (coturn\'s static-auth-secret), from which each member gets a temporary password, instead of TURN_USERNAME and TURN_CREDENTIAL' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l turn-ttl-seconds -d 'Seconds for which a password made from TURN_SECRET is valid; pages fetch the next one after half of this time' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l ice-transport-policy -d 'Which paths peer connections may take' -r -f -a "all\t'The best that is found'
relay\t'Through a TURN server only: members never learn each other\'s addresses'"
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l trusted-proxies -d 'Proxies whose X-Forwarded-For, -Proto and -Host or Forwarded headers are trusted: addresses or networks such as 10.0.0.0/8, separated by commas; these headers are ignored from everybody else' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l hsts-seconds -d 'Seconds for which browsers use only HTTPS after a visit over HTTPS (Strict-Transport-Security); 0 ends this at the next visit' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l service-worker -d 'Whether browsers get a service worker, which shows a page of ours while the server does not answer; `off` also removes it from browsers that have one, at their next visit' -r -f -a "on\t''
off\t''"
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l tls-cert -d 'Certificate chain (PEM); read again when the file changes' -r -F
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l tls-key -d 'Private key of TLS_CERT (PEM)' -r -F
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l acme-domain -d 'Names of this server, separated by commas: the server obtains and renews a certificate for them (ACME, TLS-ALPN-01) and accepts the authority\'s terms; port 443 of each name must lead to this server' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l acme-contact -d 'E-mail address to which the certificate authority may write' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l acme-directory -d 'Directory of another certificate authority' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l acme-roots -d 'Root certificates (PEM) for ACME_DIRECTORY [default: the public ones]' -r -F
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l http-port -d 'Port for plain HTTP, which is redirected to HTTPS [default: 80 if PORT is 443]' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l metrics-addr -d 'Address and port, such as 127.0.0.1:9464, at which Prometheus fetches `/metrics`; anybody who reaches it can read it, so keep it from the public [default: no metrics]' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l log-format -d 'How the log is written: lines for people (`text`), or an object in JSON for each line (`json`)' -r -f -a "text\t''
json\t''"
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l otel-exporter-otlp-endpoint -d 'URL of an OpenTelemetry collector, such as http://127.0.0.1:4318, to which traces are sent (OTLP over HTTP) [default: no traces]' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l otel-traces-sampler-arg -d 'Share of the requests that are traced, from 0 to 1' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l stop-delay-ms -d 'Milliseconds after a termination signal for which the server still serves everybody while `/api/ready` says that it is not ready, so that a balancer sends nobody here any more; a single server has nobody to hand over to and needs none' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l stop-spread-ms -d 'Milliseconds over which members are told to connect to another server, so that not all of them come there at once; 0 tells all of them at once, which is best for a single server' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -l stop-timeout-ms -d 'Milliseconds after a termination signal at which the server ends, whatever is still under way' -r
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -s V -l version -d 'Print version'
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -f -a "health" -d 'Ask the server that runs with these settings on this machine whether it lives, and say so by the exit code'
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -f -a "copy" -d 'Copy a database into another one that is empty, while no server uses either: from SQLite to PostgreSQL or back'
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -f -a "rooms" -d 'List the live rooms, or end one'
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -f -a "accounts" -d 'Find accounts, ban one, or lift a ban'
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -f -a "pictures" -d 'Remove a picture from a message'
complete -c heartogether-server -n "__fish_heartogether_server_needs_command" -f -a "audit" -d 'List what was ordered, by whom, and what came of it'
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand health" -s h -l help -d 'Print help'
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand copy" -l from -d 'The database to copy: `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`' -r
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand copy" -l to -d 'The database to copy it into, in the same form' -r
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand copy" -s h -l help -d 'Print help'
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand rooms; and not __fish_seen_subcommand_from list close" -s h -l help -d 'Print help'
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand rooms; and not __fish_seen_subcommand_from list close" -f -a "list" -d 'List the live rooms: code, last activity, number of messages and id'
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand rooms; and not __fish_seen_subcommand_from list close" -f -a "close" -d 'End a room for good, for everyone in it'
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand rooms; and __fish_seen_subcommand_from list" -l by -d 'Who gives the order, for the audit trail [default: the user of the system]' -r
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand rooms; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand rooms; and __fish_seen_subcommand_from close" -l by -d 'Who gives the order, for the audit trail [default: the user of the system]' -r
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand rooms; and __fish_seen_subcommand_from close" -s h -l help -d 'Print help'
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand accounts; and not __fish_seen_subcommand_from find ban unban" -s h -l help -d 'Print help'
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand accounts; and not __fish_seen_subcommand_from find ban unban" -f -a "find" -d 'List the accounts with a name: id, name, sign-in provider, and whether they are banned'
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand accounts; and not __fish_seen_subcommand_from find ban unban" -f -a "ban" -d 'Ban an account: its sessions end, it is put out of all rooms, its own rooms end, and its person cannot sign in again'
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand accounts; and not __fish_seen_subcommand_from find ban unban" -f -a "unban" -d 'Let the person of a banned account sign in again'
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand accounts; and __fish_seen_subcommand_from find" -l by -d 'Who gives the order, for the audit trail [default: the user of the system]' -r
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand accounts; and __fish_seen_subcommand_from find" -s h -l help -d 'Print help'
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand accounts; and __fish_seen_subcommand_from ban" -l by -d 'Who gives the order, for the audit trail [default: the user of the system]' -r
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand accounts; and __fish_seen_subcommand_from ban" -s h -l help -d 'Print help'
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand accounts; and __fish_seen_subcommand_from unban" -l by -d 'Who gives the order, for the audit trail [default: the user of the system]' -r
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand accounts; and __fish_seen_subcommand_from unban" -s h -l help -d 'Print help'
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand pictures; and not __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand pictures; and not __fish_seen_subcommand_from remove" -f -a "remove" -d 'Remove a picture from its message, for everyone, and delete its bytes. A message that shows nothing else is deleted'
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand pictures; and __fish_seen_subcommand_from remove" -l by -d 'Who gives the order, for the audit trail [default: the user of the system]' -r
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand pictures; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand audit; and not __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand audit; and not __fish_seen_subcommand_from list" -f -a "list" -d 'List the latest orders'
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand audit; and __fish_seen_subcommand_from list" -l limit -d 'How many' -r
complete -c heartogether-server -n "__fish_heartogether_server_using_subcommand audit; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
