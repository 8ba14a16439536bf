"""One run of the real connector as a process of its own: url, store and run date as arguments."""

from __future__ import annotations

import sys
import tempfile
from datetime import date
from pathlib import Path

from connector import Connector, load_settings


def main(url: str, store: str, day: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.toml"
        config.write_text("", encoding="utf-8")
        settings = load_settings(
            config,
            {
                "PROFORMA__DATAVERSE__URL": url,
                "PROFORMA__RUN__STORE": store,
                "PROFORMA__RUN__TIME_ZONE": "UTC",
            },
        )
        with Connector(settings) as connector:
            return int(connector.run(date.fromisoformat(day), run_id="killed").exit_code)


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
