# SPDX-License-Identifier: MIT
#
# Compares what came over the wire with what was expected:
#
#   awk -v etag=TAG -v length_of_it=N -f wire.awk SCRIPT LOG
#
# LOG is what varnishtest -v prints. Whoever is named in lines "#c1 | text" of the
# script must have received these lines, all of them and no others, in this order; an
# empty one ends a header section. In the text stand
#   ${etag}, ${length}   for the values given
#   {etag} {date} {number} {word}   for any of that kind
# and for several lines, as "{always}" alone on a line
#   {always}   the fields that every answer of Visage has
#   {server}   what lighttpd adds to every answer
#   {dated}    what it adds to one that has a Date
#
# Whatever the script says, no header section that was received may have a field twice,
# an answer has one Date and, but for a 304, its length, and an origin never gets more
# than it needs.

BEGIN {
    for (i = 0; i < 32; i++)
        digits = digits "[0-9a-f]"
    two = "[0-9][0-9]"
    kinds["{etag}"] = "\"" digits "\""
    kinds["{date}"] = "[A-Z][a-z][a-z], " two " [A-Z][a-z][a-z] " two two " " two ":" two ":" two \
                      " GMT"
    kinds["{number}"] = "-?[0-9]+"
    kinds["{word}"] = "[^ ]+"
    groups["{always}"] = "X-Content-Type-Options: nosniff\n" \
        "Content-Security-Policy: default-src 'none'; sandbox\n" \
        "Cross-Origin-Resource-Policy: cross-origin\n" \
        "Access-Control-Allow-Origin: *\n" \
        "Access-Control-Expose-Headers: Date, ETag, Age, Cache-Status, " \
        "Retry-After, Visage-Fallback"
    groups["{server}"] = "Date: {date}\nServer: lighttpd/{word}"
    groups["{dated}"] = "Server: lighttpd/{word}"
    needed = "|host|user-agent|accept|if-none-match|if-modified-since|authorization|"
}

function fail(text)
{
    print text
    failures++
}

# The line as an expression: all but what stands for something is meant as it is.
function expression(text,    out, name, found)
{
    gsub(/\$\{etag\}/, etag, text)
    gsub(/\$\{length\}/, length_of_it, text)
    out = ""
    while (text != "") {
        found = 0
        for (name in kinds)
            if (index(text, name) == 1) {
                out = out kinds[name]
                text = substr(text, length(name) + 1)
                found = 1
                break
            }
        if (!found) {
            out = out (substr(text, 1, 1) ~ /[A-Za-z0-9 ]/ ? "" : "\\") substr(text, 1, 1)
            text = substr(text, 2)
        }
    }
    return "^" out "$"
}

function want(who, text,    i, n, lines)
{
    if (!(text in groups)) {
        wanted[who, ++wants[who]] = text
        return
    }
    n = split(groups[text], lines, "\n")
    for (i = 1; i <= n; i++)
        wanted[who, ++wants[who]] = lines[i]
}

# ---- one header section ----

function begin(who)
{
    split("", seen)
    first = ""
}

function field(who, line,    name)
{
    if (first == "") {
        first = line
        return
    }
    name = tolower(line)
    if (!sub(/:.*/, "", name)) {
        fail(who ": no field: " line)
        return
    }
    if (name in seen)
        fail(who ": twice: " line)
    seen[name] = 1
    if (who ~ /^s/ && index(needed, "|" name "|") == 0 && name !~ /^x-/)
        fail(who ": an origin has no use for: " line)
}

function finish(who)
{
    if (who ~ /^s/) {
        if (first !~ /^GET [^ ]+ HTTP\/1\.1$/)
            fail(who ": " first)
        if (!("host" in seen) || !("user-agent" in seen) || !("accept" in seen))
            fail(who ": incomplete: " first)
        return
    }
    if (first !~ /^HTTP\/1\.1 [2-5][0-9][0-9] [A-Z]/)
        fail(who ": " first)
    if (!("date" in seen))
        fail(who ": no Date: " first)
    if (("content-length" in seen) == (first ~ / 304 /))
        fail(who ": wrongly with or without Content-Length: " first)
}

function received(who, text)
{
    if (!sub(/\\r$/, "", text))
        fail(who ": not ended by CR LF: " text)
    got[who, ++gots[who]] = text
    if (!open[who]) {
        begin(who)
        open[who] = 1
    }
    if (text != "") {
        field(who, text)
    } else {
        finish(who)
        open[who] = 0
    }
}

# ---- both files ----

FNR == NR {
    if ($0 ~ /^[ \t]*#[cs][0-9]+ \|/) {
        text = $0
        sub(/^[ \t]*#/, "", text)
        who = text
        sub(/ .*/, "", who)
        sub(/^[cs][0-9]+ \| ?/, "", text)
        want(who, text)
    }
    next
}

/^\*+ +[cs][0-9]+ +rxhdr\|/ {
    text = $0
    sub(/^[^|]*\|/, "", text)
    received($2, text)
}

END {
    for (who in wants) {
        most = wants[who] > gots[who] ? wants[who] : gots[who] + 0
        for (i = 1; i <= most; i++) {
            if (i <= wants[who] && i <= gots[who] && got[who, i] ~ expression(wanted[who, i]))
                continue
            fail(who " line " i)
            print "  expected " (i <= wants[who] ? wanted[who, i] : "nothing")
            print "  received " (i <= gots[who] ? got[who, i] : "nothing")
            break
        }
    }
    for (who in gots)
        any = 1
    if (!any)
        fail("the log tells of nothing received")
    exit failures > 0
}
