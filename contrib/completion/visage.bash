# SPDX-License-Identifier: MIT
#
# Completion of visage(1) for bash. Names of sources and presets come from the
# configuration that the command line names, or would find.

_visage_names() # program, configuration or nothing, what
{
    local from=()

    [[ -z $2 ]] || from=(-c "${2/#\~\//$HOME/}")
    "$1" names "${from[@]}" "$3" 2>/dev/null
}

# A picture's path: /PRESET/SOURCE/, and then nobody knows.
_visage_path() # program, configuration, word
{
    local rest=${3#/}

    compopt -o nospace 2>/dev/null
    if [[ $3 == /*/* ]]; then
        rest=${rest%%/*}
        _visage_names "$1" "$2" sources | while read -r; do printf '/%s/%s/\n' "$rest" "$REPLY"; done
    else
        _visage_names "$1" "$2" presets | while read -r; do printf '/%s/\n' "$REPLY"; done
    fi
}

_visage()
{
    local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]} before command='' config=''
    local commands=$'check\nexplain\nurl\ngrant\nstore\nimport\nexport\nstats\ntop\nwarm\npurge\ngc\nverify\nsheet\nversion'
    local options='' words='' i IFS=$'\n'

    program=${program/#\~\//$HOME/}
    before=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    # --by=size is three words to bash.
    if [[ $word == = ]]; then
        word=''
    elif [[ $before == = ]]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        # --config=FILE is three words as well.
        -c | --config)
            [[ ${COMP_WORDS[i + 1]} != = ]] || ((i++))
            config=${COMP_WORDS[++i]}
            ;;
        -*) ;;
        *) [[ -n $command ]] || command=${COMP_WORDS[i]} ;;
        esac
    done

    case $before in
    -c | --config | --out | --csv)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
        ;;
    --user)
        mapfile -t COMPREPLY < <(compgen -u -- "$word")
        return
        ;;
    --by)
        words=$'requests\nsize\nfailures'
        ;;
    --from)
        words=$(_visage_names "$program" "$config" sources)
        ;;
    --preset)
        words=$(_visage_names "$program" "$config" presets)
        ;;
    --format)
        words=$'webp\njpeg\npng'
        ;;
    --style)
        words=$'identicon\nretro\nmonsterid\nwavatar\nrobohash\npagan'
        words+=$'\nmp\nblank\ncolor\ninitials\nall'
        ;;
    --dpr)
        words=$'1\n2\n3'
        ;;
    --source)
        words=$(_visage_names "$program" "$config" sources)
        ;;
    --subject)
        compopt -o nospace 2>/dev/null
        words=$(_visage_names "$program" "$config" sources | while read -r; do echo "$REPLY/"; done)
        ;;
    --url)
        words=$(_visage_path "$program" "$config" "$word")
        ;;
    --accept | --jobs | -j | -n | --watch | --size | --count | --expires | --base | --max-bytes)
        return
        ;;
    esac
    if [[ -n $words ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
        return
    fi

    case $command in
    check) options=$'--user\n--print-reference\n--print-manual' ;;
    explain) options=$'--accept\n--json' ;;
    url) options=$'--preset\n--size\n--dpr\n--format\n--version\n--info\n--expires\n--base' ;;
    grant) options=$'--expires\n--max-bytes' ;;
    store) options=$'--json\n--receipt' ;;
    import) options=$'--csv\n--dry-run\n--from\n--header\n--progress\n--quiet\n--replace' ;;
    export) options=$'--csv\n--progress\n--quiet' ;;
    stats) options=$'--json\n--watch' ;;
    top) options=$'--by\n-n\n--json' ;;
    warm) options=$'--jobs\n--force\n--accept\n--progress' ;;
    purge) options=$'--subject\n--url\n--source\n--all\n--dry-run' ;;
    gc) options=$'--quiet\n--refresh' ;;
    verify) options=$'--repair\n--progress' ;;
    sheet) options=$'--style\n--size\n--count\n--out' ;;
    version | help) ;;
    '')
        mapfile -t COMPREPLY < <(compgen -W "$commands"$'\nhelp\n--config\n--help\n--version' -- "$word")
        return
        ;;
    *)
        return
        ;;
    esac
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options"$'\n--config\n--help' -- "$word")
        return
    fi
    case $command in
    warm)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        ;;
    explain)
        words=$(_visage_path "$program" "$config" "$word")
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
        ;;
    store)
        if [[ $before == store ]]; then
            words=$'list\nhistory\nrestore\ndelete\nsweep\ntrim\nbackup'
        elif [[ $before == backup ]]; then
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -d -- "$word")
            return
        else
            words=$(_visage_names "$program" "$config" sources)
        fi
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
        ;;
    import | export)
        if [[ $before == "$command" ]]; then
            mapfile -t COMPREPLY < <(compgen -W "$(_visage_names "$program" "$config" sources)" -- "$word")
        else
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -d -- "$word")
        fi
        ;;
    url | grant)
        mapfile -t COMPREPLY < <(compgen -W "$(_visage_names "$program" "$config" sources)" -- "$word")
        ;;
    help)
        mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word")
        ;;
    esac
}

complete -F _visage visage
