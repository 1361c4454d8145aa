"""Parts that send to servers of a test, by a clock that a test sets."""

from datetime import timedelta

from notices import AT

from auditor.app.parts import Parts


class Moved:
    """A clock that stands until it is moved."""

    def __init__(self, now=AT):
        self.moment = now

    def now(self):
        return self.moment

    def monotonic(self):
        return 0.0

    def move(self, **by):
        self.moment += timedelta(**by)


def mail_settings(port, more=""):
    return f'[mail]\nhost = "localhost"\nport = {port}\nstarttls = false\nfrom = "Kiểm tra <auditor@stttt.example>"\n{more}'


def hook_settings(port, folder, more=""):
    (folder / "key").write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")
    url = f"http://127.0.0.1:{port}/geheim"
    return f'[webhook]\nurl = "{url}"\nsecret_file = "key"\nallow_addresses = ["127.0.0.0/8"]\n{more}'


def parts_of(tmp_path, settings="", clock=None):
    config = tmp_path / "config"
    config.mkdir(exist_ok=True)
    (config / "auditor.toml").write_text(settings, "utf-8")
    return Parts(config=config, data=tmp_path / "data", clock=clock or Moved())
