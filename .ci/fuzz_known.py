"""The description of a running site, narrowed to what that site has: `.ci/fuzz_known.py SITE MARK`.

No published description can list what stands in an address or a filter today. The sitemap and the
forms of the pages do: with their values instead of “any word”, whatever the description allows has
to be answered, and whatever else the fuzzer invents has to be refused.
"""

import html
import json
import re
import sys
import urllib.request
from urllib.parse import urlsplit

# As many of each as half a minute is enough for.
MOST = 6
ADDRESS = re.compile(r"<loc>([^<]+)</loc>")
FORM = re.compile(r'<select[^>]*\bname="(\w+)"[^>]*>(.*?)</select>', re.DOTALL)
CHOICE = re.compile(r'<option value="([^"]+)"')


def read(site, path):
    asked = urllib.request.Request(site + path, headers={"X-Forwarded-Proto": "https"})
    return urllib.request.urlopen(asked, timeout=20).read().decode()


def some(values):
    """Few of them, from all along the list."""
    found = list(dict.fromkeys(values))
    return found[:: -(-len(found) // MOST) or 1]


def addresses(site):
    parts = (urlsplit(part).path for part in ADDRESS.findall(read(site, "/sitemap.xml")))
    return [urlsplit(one).path for part in parts for one in ADDRESS.findall(read(site, part))]


def places(path, parameters, known):
    """Of each name in a path, values that exist together; of a list, what stands below it."""
    pattern = re.escape(path)
    for one in parameters:
        kind = r"\d+" if one["schema"]["type"] == "integer" else "[^/]+"
        pattern = pattern.replace(rf"\{{{one['name']}\}}", f"(?P<{one['name']}>{kind})")
    fitting = [found for one in known if (found := re.match(f"{pattern}/$", one))]
    fitting = fitting or [found for one in known if (found := re.match(f"{pattern}/", one))]
    if not fitting:
        raise SystemExit(f"Nothing on this site is at {path}.")
    *before, last = fitting[0].groupdict()
    together = [one[last] for one in fitting if all(one[n] == fitting[0][n] for n in before)]
    return {name: [fitting[0][name]] for name in before} | {last: some(together)}


def choices(site, path, parameters):
    """What the form offers; of a search, where it looks for the word of the description."""
    words = [one["schema"]["examples"][0] for one in parameters if one["name"] == "q"]
    page = read(site, f"{path}/?q={words[0]}" if words else f"{path}/")
    found = {
        name: some(html.unescape(one) for one in CHOICE.findall(options))
        for name, options in FORM.findall(page)
    }
    if not found:
        raise SystemExit(f"The form at {path} offers nothing.")
    return found


def narrow(parameter, known):
    schema, values = parameter["schema"], known.get(parameter["name"], [])
    if parameter["name"] == "q":
        # Any words may be looked for; filters have values only where something is found.
        parameter["schema"] = {"anyOf": [{"enum": schema.pop("examples")}, schema]}
    elif schema["type"] == "integer":
        schema["enum"] = [int(value) for value in values]
    elif parameter["in"] == "path":
        schema["enum"] = values
    elif parameter["name"] != "exact":
        schema["enum"] = [*values, ""]  # which asks for nothing


def main(site, mark):
    described = json.loads(read(site, "/openapi.json"))
    paths = described["paths"]
    known = [one for one in addresses(site) if f"{one.rstrip('/')}.json" not in paths]
    for path, methods in paths.items():
        page, parameters = path.rpartition(".")[0], methods["get"]["parameters"]
        of_path = [one for one in parameters if one["in"] == "path"]
        values = places(page, of_path, known) if of_path else {}
        if any(one["in"] == "query" and one["name"] != "after" for one in parameters):
            shown = page.format(**{one["name"]: values[one["name"]][0] for one in of_path})
            values = choices(site, shown, parameters) | values
        for one in parameters:
            narrow(one, values | {"after": [mark], "page": [1]})
    json.dump(described, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
