# SPDX-License-Identifier: MIT
#
# One row of the table. Input: "round name number...". Variables: see row() in measure.sh.

function sort_numbers(a, n,    i, j, v) {
    for (i = 2; i <= n; i++) {
        v = a[i]
        for (j = i - 1; j >= 1 && a[j] > v; j--)
            a[j + 1] = a[j]
        a[j + 1] = v
    }
}

function median(a, n) {
    sort_numbers(a, n)
    return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
}

# Three digits that count, and no more than are needed.
function number(v) {
    if (unit == "")
        return sprintf("%d", v) # a count
    return sprintf(v >= 100 ? "%.0f" : v >= 10 ? "%.1f" : "%.2f", v)
}

$2 == ours   { ours_of[$1] = $(column + 2) * scale }
$2 == theirs { theirs_of[$1] = $(column + 2) * scale }

END {
    for (round in ours_of) {
        all_ours[++n] = ours_of[round]
        if (theirs != "" && round in theirs_of && theirs_of[round] > 0) {
            all_theirs[++m] = theirs_of[round]
            ratios[m] = ours_of[round] / theirs_of[round]
        }
    }
    if (n == 0 || (theirs != "" && m == 0)) {
        printf "| %s | not measured | | | |\n", title
        exit
    }
    value = median(all_ours, n)
    range = theirs == "" && n > 2 ? sprintf(" (%s-%s)", number(all_ours[1]), number(all_ours[n])) : ""
    judged = theirs != "" ? median(ratios, m) : value
    if (theirs != "") {
        spread = sprintf("%.2f (%.2f-%.2f)", judged, ratios[1], ratios[m])
        other = number(median(all_theirs, m)) " " unit
    }
    if (goal != "") {
        met = sense == "at least" ? judged >= goal : judged <= goal
        verdict = sense " " goal (theirs == "" && unit != "" ? " " unit : "") (met ? ", met" : ", missed")
    }
    printf "| %s | %s%s%s%s | %s | %s | %s |\n", title, number(value), unit == "" ? "" : " ", unit, range,
        other, spread, verdict
}
