"""Slights in English: talking is called useless, the matter small, the customer tiresome."""

from lms.domain.evidence.patterns import either

_CLAMOUR = (
    "(?:shouting|yelling|moaning|complaining|arguing|asking|calling|ringing|pushing|getting angry|getting upset|"
    "going on|crying|whining|ranting|swearing|threatening)"
)  # fmt: skip
FUTILE = either(
    r"\byou can (?:complain|shout|yell|moan|argue|cry|scream|ring|call|ask)(?: \w+){0,2} (?:till|until|all (?:day|"
    r"you)|as (?:much|loud|long|often) as)\b",
    r"\b(?:far |much )?too late (?:for (?:anyone|anybody|us|me) to|now to|to (?:complain|moan))\b",
    rf"\bno (?:point|use|sense) (?:in )?(?:you )?{_CLAMOUR}\b",
    rf"\b{_CLAMOUR}(?: \w+){{0,4}} (?:won't|will not|isn't going to|doesn't|does not) (?:help|change|speed|get you|"
    rf"make it)\b",
    r"\b(?:save|don't waste) your breath\b", r"\bno one (?:can|could) help you\b",
)  # fmt: skip
OWN_EFFORT = r"\b(?:me|my|our|us) $"

BELITTLED = either(
    r"\b(?:don't|can't|do not|cannot|fail to) (?:really |even )?see (?:what )?(?:the|your|any) (?:big |"
    r"great )?(?:problem|issue|fuss|drama)\b",
    r"\b(?:isn't|not|it's hardly|is hardly) (?:exactly )?(?:rocket science|brain surgery)\b",
    r"\beven (?:a|my) (?:\w+ )?(?:child|kid|five[- ]year[- ]old|toddler|gran\w*|mum|dog) (?:can|could|would|knows|"
    r"manages)\b",
    r"\b(?:a|any) (?:child|kid|five[- ]year[- ]old|toddler) (?:can|could|would) (?:do|understand|manage|set|work|"
    r"figure)\b",
    r"\bblow\w* (?:\w+ )?(?:up )?out of (?:all )?proportion\b",
    r"\b(?:consider|count|think) yourself (?:lucky|fortunate)\b",
    r"\byou(?:'re| are| should be) (?:just |very |really )?(?:lucky|fortunate) (?:we|that we|to (?:get|have)|it|you)\b",
    r"(?:^ ?(?:so |just )?be|you should be|you ought to be|try being) (?:grateful|thankful)\b",
    r"\bget what you pay for\b",
    r"\b(?:people|customers|others|callers|someone)(?: out there)? (?:here )?(?:with|have|having|who have|in) (?:real|"
    r"bigger|actual|genuine|far worse|much worse|worse|proper) (?:problems?|issues?|emergenc\w+|trouble)\b",
    r"\b(?:lots of|plenty of|most|other|many) (?:people|customers) (?:would |have |just |simply )?(?:waits? longer|"
    r"waited longer|manage|get by|cope|put up)\b",
    r"^ ?(?:it|things) could (?:always )?be (?:a lot |much |far )?worse ?$",
    r"\bstorm in a teacup\b|\bmolehill\b|\bdrama queen\b|\bin a twist\b|\byour hair on\b|\bcry ?baby\b",
    r"\bsurely (?:even )?you can\b", r"\bhardly worth\b",
    r"\b(?:nobody|no one) else (?:on|in|at|has|had|here)\b[^.]{0,24}\b(?:complain\w*|moan\w*|bothered)",
)  # fmt: skip

IMPATIENT = either(
    r"\byou (?:clearly|obviously|simply) (?:don't|can't|do not|cannot) (?:follow|understand|get (?:it|what)|grasp|"
    r"listen)\b",
    r"^ ?(?:oh )?(?:not (?:this|you) again|you again|here we go(?: again)?)\b",
    r"\bi(?:'ve| have)? had (?:quite )?enough of (?:you|your|this)\b",
    r"\b(?:we're|we are|i'm|i am) done (?:here|with (?:you|this)|talking|explaining|discussing)\b",
    r"\bnot your (?:secretary|servant|maid|mother|mum|nanny|personal \w+)\b",
    r"\b(?:talk|speak|complain|tell it|go) (?:to )?some(?:one|body) who (?:\w+ )?cares\b",
    r"\b(?:once|when|after|if|until) you(?:'ve| have|'re| are)? (?:quite )?(?:finished|stopped?|quit|done|"
    r"over) (?:with )?(?:the |your )?(?:shouting|yelling|ranting|moaning|complaining|swearing|screaming|tantrum|drama|"
    r"rant)\b",
    r"^ ?tough(?: luck| cookies)? ?$", r"\b(?:those|these) are the (?:terms|conditions)\b ?$",
    r"\byou (?:people|lot)\b", r"\b(?:that's|it's|sounds like) (?:really )?a you problem\b",
    r"\b(?:then|just) don't (?:use|buy) it(?: then)? ?$", r"\bi haven't got all day\b",
    r"^ ?spare me|\bspare me (?:the|your)\b",
    r"^ ?(?:oh |just |please )?(?:give it a rest|pack it in|cut it out|grow up)\b",
    r"\bhow (?:hard|difficult) can it be\b",
    r"\bi(?:'m| am) not (?:going over|going through|repeating|explaining|doing) (?:it|this|that)(?: \w+)? again\b",
    r"\bi(?:'ve| have)(?: got)? (?:a |other |more )?(?:\w+ )?(?:queue|calls?|customers|people) (?:of \w+ )?(?:waiting|"
    r"to (?:get|deal|take|serve))\b", r"^ ?(?:so |please |just |and )?(?:hurry up|make it quick|get to the point)\b",
    r"\bhalf a brain\b|\bdumb (?:it|this) down\b",
    r"\bspell it out for you\b", r"\bif you say so\b", r"\bfor all i care\b", r"\bknock yourself out\b",
    r"\bgood luck with that\b",
    r"\bi(?:'m| am) not (?:a|your) (?:therapist|mind[- ]?reader|magician|miracle|counsell?or|babysitter)\b",
    r"\bso sue me\b",
    r"\b(?:like it or lump it)\b", r"\bdo what(?:ever)? you (?:want|like)\b ?$",
    r"\b(?:use your (?:head|brain|common sense)|it's (?:just )?common sense|learn to read)\b",
)  # fmt: skip
