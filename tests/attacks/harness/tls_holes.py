"""A server that is not the station's backend, by one certificate after the other; and the versions of TLS."""
import concurrent.futures
import dataclasses
import datetime
import socket
import ssl
import subprocess
import threading

from bench import Station, poll

PASSWORD = "station password"


@dataclasses.dataclass
class Case:
    name: str
    connects: bool
    said: str = ""                     # in the station's log
    host: str = "localhost"
    key: str = "ec:P-256"              # rsa:1024, ec:P-256
    digest: str = "sha256"
    subject: str = "/CN=localhost"
    names: str = "DNS:localhost"
    usage: str = "critical,digitalSignature"
    extended: str = "serverAuth"
    more: str = ""
    days: tuple = (-1, 2)
    issuer: str = "root"               # root, intermediate, other, self, expired, not-ca
    send_issuer: bool = True
    version_max: str = ""
    wildcards: bool = False


CASES = [
    Case("right, ECDSA", True),
    Case("right, RSA 2048", True, key="rsa:2048"),
    Case("right, over an intermediate", True, issuer="intermediate"),
    Case("right, TLS 1.2", True, version_max="TLSv1_2"),
    Case("right, common name only", True, names=""),
    Case("unknown authority", False, "unable to get local issuer", issuer="other"),
    Case("self-signed", False, "self-signed", issuer="self"),
    Case("intermediate not sent", False, "unable to get local issuer", issuer="intermediate",
         send_issuer=False),
    Case("signed by an expired intermediate", False, "expired", issuer="expired"),
    Case("signed by a certificate that is no authority", False, "CA", issuer="not-ca"),
    Case("expired", False, "expired", days=(-10, -1)),
    Case("not yet valid", False, "not yet valid", days=(1, 10)),
    Case("another host's", False, "hostname mismatch", names="DNS:example.com", subject="/CN=example.com"),
    Case("another host's, ours as common name", False, "hostname mismatch", names="DNS:example.com"),
    Case("ours as a part of a longer name", False, "hostname mismatch", names="DNS:localhost.example.com"),
    Case("ours as an e-mail address", False, "hostname mismatch", names="email:localhost",
         subject="/CN=example.com"),
    Case("a name for an address", False, "IP address mismatch", host="127.0.0.1", names="DNS:127.0.0.1",
         subject="/CN=127.0.0.1"),
    Case("a wildcard for everything", False, "hostname mismatch", names="DNS:*", wildcards=True),
    Case("a wildcard in our label", False, "hostname mismatch", names="DNS:local*", wildcards=True),
    Case("for clients only (EKU)", False, "purpose", extended="clientAuth"),
    Case("for signing code only (EKU)", False, "purpose", extended="codeSigning"),
    Case("for signing certificates only (key usage)", False, "", usage="critical,keyCertSign"),
    Case("an unknown critical extension", False, "critical extension",
         more="1.2.3.4.5=critical,ASN1:UTF8String:x"),
    Case("RSA 1024", False, "key too weak", key="rsa:1024"),
    Case("EC of 192 bits", False, "", key="ec:prime192v1"),
    Case("signed with SHA-1", False, "digest algorithm too weak", digest="sha1"),
    Case("signed with MD5", False, "digest algorithm too weak", digest="md5", issuer="root-rsa"),
    Case("TLS 1.1 only", False, "", version_max="TLSv1_1"),
    Case("TLS 1.0 only", False, "", version_max="TLSv1"),
]


class Authority:
    """Makes certificates with openssl's command line."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._serial = 1
        for name, issuer, more in (("root", None, {}), ("root-rsa", None, {"key": "rsa:2048"}),
                                   ("other", None, {}), ("intermediate", "root", {}),
                                   ("expired", "root", {"days": (-10, -1)}),
                                   ("not-ca", "root", {"authority": False})):
            self.make(name, issuer or "self", subject=f"/CN=Test {name}", **{"authority": True, **more})
        (folder / "trusted.pem").write_text("".join((folder / f"{root}.pem").read_text()
                                                    for root in ("root", "root-rsa")))

    def _openssl(self, *arguments):
        done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def make(self, name, issuer, subject, key="ec:P-256", digest="sha256", extensions="", days=(-1, 30),
             authority=None):
        folder, self._serial = self.folder, self._serial + 1
        if authority is not None:
            usage = "keyCertSign,cRLSign" if authority else "digitalSignature"
            extensions = (f"basicConstraints=critical,CA:{'TRUE' if authority else 'FALSE'}\n"
                          f"keyUsage=critical,{usage}\nsubjectKeyIdentifier=hash\n")
        (folder / f"{name}.ext").write_text(f"[v3]\n{extensions}")
        kind, size = key.split(":")
        make_key = ["-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{size}"] if kind == "rsa" else \
            ["-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{size}"]
        self._openssl("genpkey", *make_key, "-out", folder / f"{name}.key")
        self._openssl("req", "-new", "-key", folder / f"{name}.key", "-subj", subject, "-out",
                      folder / f"{name}.csr")
        signer = name if issuer == "self" else issuer
        database = folder / f"{name}.index"
        database.write_text("")
        (folder / f"{name}.cnf").write_text(
            f"[ca]\ndefault_ca=d\n[d]\ndatabase={database}\nnew_certs_dir={folder}\nserial={folder}/{name}.serial\n"
            f"policy=p\ndefault_md={digest}\nunique_subject=no\n[p]\ncommonName=supplied\n")
        (folder / f"{name}.serial").write_text(f"{4096 + self._serial:x}\n")
        now = datetime.datetime.now(datetime.timezone.utc)
        begin, end = ((now + datetime.timedelta(days=day)).strftime("%Y%m%d%H%M%SZ") for day in days)
        self._openssl("ca", "-batch", "-notext", "-config", folder / f"{name}.cnf", "-in", folder / f"{name}.csr",
                      "-out", folder / f"{name}.pem", "-keyfile", folder / f"{signer}.key", "-startdate", begin,
                      "-enddate", end, "-extfile", folder / f"{name}.ext", "-extensions", "v3",
                      *(["-selfsign"] if issuer == "self" else ["-cert", folder / f"{signer}.pem"]))

    def issue(self, number, case):
        name = f"case-{number}"
        extensions = f"basicConstraints=CA:FALSE\nkeyUsage={case.usage}\nextendedKeyUsage={case.extended}\n"
        if case.names:
            extensions += f"subjectAltName={case.names}\n"
        extensions += f"{case.more}\n"
        self.make(name, case.issuer, case.subject, case.key, case.digest, extensions, case.days)
        chain = (self.folder / f"{name}.pem").read_text()
        if case.send_issuer and case.issuer not in ("root", "root-rsa", "other", "self"):
            chain += (self.folder / f"{case.issuer}.pem").read_text()
        (self.folder / f"{name}.chain").write_text(chain)
        return self.folder / f"{name}.chain", self.folder / f"{name}.key"


class Impostor:
    """A TLS server that takes whoever comes, and keeps what it is told."""

    def __init__(self, chain, key, version_max):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.set_ciphers("ALL:@SECLEVEL=0")
        self.context.minimum_version = ssl.TLSVersion.TLSv1
        if version_max:
            self.context.maximum_version = ssl.TLSVersion[version_max]
        self.context.load_cert_chain(chain, key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.attempts = 0
        self.heard = b""
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            try:
                plain.settimeout(5)
                with self.context.wrap_socket(plain, server_side=True) as wire:
                    self.heard += wire.recv(65536)
            except OSError:
                pass
            self.attempts += 1


def certificate_matrix_of_a_false_backend(binaries, folder):
    """A server whose certificate or version of TLS is not right hears nothing, above all no password"""
    authority = Authority(folder / "certificates")
    wrong = []

    def judge(number, case):
        impostor = Impostor(*authority.issue(number, case), case.version_max)
        station = Station(binaries, folder / f"case-{number}", "CP1", impostor.port, PASSWORD)
        settings = station.folder / "station.toml"
        url = settings.read_text().replace(f"ws://127.0.0.1:{impostor.port}", f"wss://{case.host}:{impostor.port}")
        settings.write_text(f'tls_ca_file = "{authority.folder}/trusted.pem"\n'
                            f"tls_allow_wildcards = {str(case.wildcards).lower()}\n{url}")
        station.start()

        def log():
            return (station.folder / "log.txt").read_text()
        poll("an attempt", lambda: impostor.attempts, 20)
        poll("its end in the log", lambda: f"port {impostor.port}" in log(), 10)
        station.stop()
        impostor.listener.close()
        connects = impostor.heard.startswith(b"GET /ocpp/CP1 HTTP/1.1\r\n")
        if connects != case.connects or (not connects and impostor.heard):
            wrong.append(f"{case.name}: heard {impostor.heard[:40]!r}; {log()[-300:]}")
        elif case.said and case.said not in log():
            wrong.append(f"{case.name}: the log does not say \"{case.said}\": {log()[-300:]}")

    with concurrent.futures.ThreadPoolExecutor(4) as judges:
        list(judges.map(judge, range(len(CASES)), CASES))
    assert not wrong, "\n      ".join(["", *wrong])
    return f"{len(CASES)} servers, {sum(case.connects for case in CASES)} of them right"


ATTACKS = [certificate_matrix_of_a_false_backend]
