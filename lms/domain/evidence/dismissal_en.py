"""Dismissal in English: the lexicon and its excuses."""

from lms.domain.evidence.patterns import Pattern, either

NEUTRAL = Pattern(
    r"\bcooling[- ]off\b",
    r"\b(?:things|networks?|traffic|storm|winds?|weather|load|lines|calls) (?:to )?(?:calm|settle)s? down\b",
    r"\bshould(?:'ve| have) (?:received|gotten|got|been (?:sent|told|informed|refunded|fixed|restored|credited|warned|"
    r"notified|called|given|asked|done)|arrived|had|worked|appeared|a\b|an\b|your\b|the\b|access|any)",
    r"\bnot (?:my|our) only\b", r"\btake it easy on\b",
)  # fmt: skip
CALM = either(
    r"\bno need for (?:that|this|such) (?:\w+ )?(?:tone|attitude|language)\b",
    r"\b(?:please |just |you (?:need|have|should|must|ought|got) (?:to )?|can you |could you |would you |will you |"
    r"try (?:to|and) |let's |sir |madam |ma'am |now |first |oh |hey |so )+(?:\w+ )?(?:calm (?:down|yourself)|relax|"
    r"settle down|chill(?: out)?|cool (?:down|off|it)|simmer down|be (?:calm|reasonable|civil|quiet)|stay calm|"
    r"keep calm|keep your (?:voice|cool)|lower your voice|take a deep breath|control yourself|take it down a notch)\b",
    r"^ ?(?:calm (?:down|yourself)|relax|settle down|chill(?: out)?|cool (?:it|down|off)|simmer down|take it easy|"
    r"take a (?:deep )?breath|easy there|get a grip|pipe down|hush)\b", r"\bcalm ?down\b",
    r"\b(?:when|once|until|after) you(?:'ve| have|'re| are)?(?: \w+)? (?:calm|cool|settl)\w*",
    r"\b(?:lower|mind|keep) your (?:voice|manners|language)(?: down)?\b",
    r"\bwatch your (?:tone|language|mouth|attitude)\b",
    r"\b(?:no|there's no|there is no|don't see (?:any|the)) (?:need|reason|point|call) (?:to|in|for you to|"
    r"for) (?:shout\w*|yell\w*|get(?:ting)? (?:so )?(?:upset|angry|worked up|emotional|mad|excited)|"
    r"be(?:ing)? (?:so )?(?:rude|angry|upset|aggressive|dramatic)|rais\w+ your|panic about nothing|complain\w*|a fuss|"
    r"make (?:such )?a (?:fuss|scene))",
    r"\b(?:stop|quit) (?:shouting|yelling|complaining|whining|screaming|arguing|interrupting|being|moaning|wasting|"
    r"calling|getting)\b",
    r"\b(?:don't|do not) (?:shout|yell|scream|raise your voice|get (?:so )?(?:angry|upset|worked up|emotional|mad|"
    r"excited|smart)|be (?:so )?(?:rude|dramatic|ridiculous|silly|difficult|unreasonable|angry|emotional|childish)|"
    r"take it out on|take that tone|make (?:such )?a (?:fuss|scene|drama)|start|lecture me|blame (?:me|us)|overreact|"
    r"give me that)\b", r"\boverreact(?:ing|ed)?\b",
    r"\b(?:you're|you are|you're just) (?:being|so|too|getting) (?:too |very |so |rather |a bit |a little |"
    r"quite )?(?:unreasonable|difficult|rude|dramatic|ridiculous|emotional|sensitive|impatient|hysterical|picky|fussy|"
    r"silly|demanding|worked up|aggressive|angry|childish|paranoid|petty)\b", r"\bwith that (?:attitude|tone)\b",
    r"\byour attitude\b",
)  # fmt: skip
_OURS = r"(?:my|our|this|the hotline's)"
NOT_MINE = either(
    r"\b(?:isn't|is not|it's not|that's not|this is not|not|ain't|wasn't|nothing to do with|not really|hardly|"
    rf"none of) (?:really |exactly |actually |even |part of |in |within |under )?{_OURS} (?:\w+ )?(?:job|"
    r"department|dept|problem|fault|responsibility|concern|call|area|business|issue|doing|team's job|remit|mistake|"
    r"line|decision)\b",
    r"\bnot (?:my|our) (?:job|problem|fault|department|issue|business|concern|responsibility)\b",
    r"\b(?:nothing|not|has nothing|got nothing) to do with (?:me|us|our|my|this (?:hotline|line|desk|team|department|"
    r"office))\b",
    r"\byou(?:'ll| will|'d)? (?:have to|need to|better|should|must) take (?:that|it|this) up with\b",
    r"^ ?(?:so |then |just |go |go and |and )*take (?:that|it|this) up with\b",
    r"\b(?:go|so go|just go)(?: and)? (?:pester|bother|annoy|nag|harass|hassle) (?:him|her|them|someone|somebody|your|"
    r"the)\b",
    r"\bnone of (?:my|our) business\b",
    r"\b(?:i|we) (?:don't|do not) (?:really |actually )?(?:deal with|do|handle|care about|look after|cover|"
    r"bother with) (?:that|this|those|these|such)(?: (?:here|kind|sort|stuff|thing|things|department|issue|issues|"
    r"problem|problems))?\b",
    r"\b(?:i|we) (?:just|only) (?:work here|answer (?:the )?(?:phones?|calls)|take (?:the )?(?:calls|messages)|read)\b",
    r"\bout of (?:my|our) hands\b", r"\bnot my (?:call|decision|place)\b(?: ?$| so)", r"\bshoot the messenger\b",
    r"\bi(?:'m| am) (?:just|only) (?:an agent|customer service|the messenger|the operator|a (?:call handler|"
    r"receptionist|rep))\b",
    r"\b(?:that's|it's|this is) between you and\b",
    r"\b(?:we're|we are|i'm|i am) not responsible\b",
    r"\bnot something (?:that )?(?:we|i) (?:handle|do|deal with|look after|cover)\b", r"\babove my pay\b",
    r"\bnot (?:what )?i(?:'m| am)? paid\b", r"\bnot what (?:we|i) do\b",
    r"\b(?:wrong) (?:number|department|person|place|team)(?: for that| for this)?(?: to (?:call|ask|complain))? ?$",
    r"\byou(?:'ve| have)? (?:called|got|reached|rang|rung|dialled|dialed) the wrong\b",
    r"\b(?:that's|that is|it's|this is) (?:on )?(?:them|their (?:problem|fault|job|mistake|mess)|billing's (?:problem|"
    r"fault|job)|someone else's (?:job|problem|fault)|up to them|another department's (?:job|problem))\b",
    r"\bask (?:someone|somebody) (?:else|who cares)\b", r"\bdon't (?:ask|look at|blame) (?:me|us)\b",
)  # fmt: skip
_HAVE_TO = (
    "(?:you(?:'ll| will|'d better| had better)?(?: just)?(?: have to| need to| must| should| can| could| gotta|"
    " 've got to| are going to have to|'re going to have to)?|you've got to|just|then|so|why don't you|better|simply|"
    "go and|go|please)"
)  # fmt: skip
GO_AWAY = either(
    r"^ ?(?:so |just )?try (?:someone|somebody) else\b", r"\bcan't help it if you\b",
    r"\byou can(?:'t|not) expect (?:us|me|anyone|people) to\b",
    r"^ ?(?:ring|call|ask|phone|contact|email|chase) (?:\w+ ){1,3}yourself\b",
    r"^ ?(?:so |just |maybe |perhaps |then )?try (?:ringing|calling|asking) (?:them|someone else|somebody else)\b",
    rf"\b{_HAVE_TO} (?:just |go and |go |simply |always )?(?:call|contact|ask|ring|phone|chase|email|visit|"
    "deal with|take (?:it|that|this) up with|figure|sort|work|find|do|solve|handle|look|fix|check|manage|try|"
    rf"read|complain|wait)\b[^.]{{0,44}}\b(?:yourself|yourselves|on your own|by yourself)\b",
    r"\b(?:look|figure|work|sort|find|google|fix|check) (?:it|that|this)? ?(?:up |out )?(?:for )?yourself\b",
    r"\bgoogle it\b", r"\bhave you tried google\b",
    r"\bcall (?:them|someone else|back|somebody else) (?:then|yourself)\b",
    r"\b(?:go ahead and |feel free to |then |just |so )(?:complain|sue|switch|leave|cancel|take your business|"
    r"go elsewhere|post it|report us)(?: all you (?:like|want)| then| if you (?:like|want|must)| to (?:whoever|"
    r"whomever|anyone|the|who)| (?:me|us)| elsewhere| anyway|$)", r"\bcomplain to (?:someone|somebody) else\b",
    r"\bcomplain (?:all|as much as) you (?:want|like)\b",
    r"\b(?:if you don't like it|if you're not happy|if you aren't happy|don't like it)\b",
    r"^ ?(?:just |then |so )?deal with it\b", r"\btake it or leave it\b",
    r"\b(?:see if i care|i (?:really )?(?:don't|couldn't|could not|do not) care)", r"\bsuit yourself\b",
    r"\bbe my guest\b", r"\btake your business elsewhere\b", r"\bgo (?:somewhere|to someone) else\b",
    r"\byou(?:'ll| will)? (?:just|simply|only) (?:have|need|got) to wait\b",
    r"\byou(?:'ll| will) (?:have to|need to|just have to) (?:wait ?$|live with\b|put up with|get used|accept|lump|"
    r"be patient|deal with|get over|suck)\b",
    r"\bjust (?:wait|be patient|deal with it|live with it|accept it|hang on like)\b",
    r"\b(?:get over it|suck it up|live with it|tough (?:luck|love)?$|too bad|get in line|wait (?:your|like) (?:turn|"
    r"everyone))\b", r"\byou(?:'re| are) not (?:the|our|my) only (?:one|customer|person|caller)\b",
    r"\bother (?:customers|people|callers) (?:are|have|wait)[^.]{0,20}(?:waiting|too|worse|in line|problems)\b",
    r"\beveryone (?:else )?(?:has to wait|is waiting|waits|has to)\b",
    r"\bi(?:'m| am) (?:too |very |really |so )?busy\b",
    r"\b(?:don't|do not|haven't|have not) (?:got |have )?(?:the )?time (?:for|to (?:listen|argue|discuss|deal|"
    r"explain))\b", r"\bmy shift\b[^.]{0,20}\b(?:over|ends|ended|finish)",
    r"\b(?:i'm|i am) (?:going to )?hang(?:ing)? up\b", r"\bstop calling\b", r"\bdon't call (?:again|back|us|me)\b",
    r"\bare you (?:done|finished)\b", r"\bend of (?:discussion|conversation)\b",
    r"\bthere's nothing (?:more|else) to (?:say|discuss|talk)\b",
    r"\b(?:shouting|complaining|yelling|calling|arguing|getting angry|being angry|rushing me|pushing me) (?:won't|"
    r"will not|isn't going to|doesn't|does not) (?:help|change|make|get|speed)\b",
    r"\bi can't make it (?:go )?(?:any )?faster\b",
)  # fmt: skip
BLAME = either(
    r"\b(?:and )?whose (?:fault|problem|mistake) (?:is|was) (?:that|it|this)\b",
    r"\b(?:nobody|no one)(?: \w+)? (?:forced|made|asked|told|begged) you(?: to| into|$)|\bwho (?:forced|made|"
    r"begged) you\b",
    r"\bwhat (?:did|do|were|else did) you (?:really )?expect(?:ing)?(?: for| from| when| with| at| then| me to| us to|"
    r" ?$)",
    r"\bso (?:you pay|you(?:'ll| will)? (?:just )?have to (?:pay|live)|pay up|tough)\b",
    r"\bwe did (?:warn|tell) you\b",
    r"\byou were warned\b", r"\byou never (?:told|said anything|mentioned|read|checked|listen)\b",
    r"\byou (?:\w+ )?(?:didn't|did not|never|couldn't be) bother(?:ed)?(?: to|$)",
    r"\b(?:must|obviously|probably|clearly|surely)(?: be| have been)? something you(?:'ve| have)? (?:done|did|broke|"
    r"pressed|changed)\b",
    r"\byou knew (?:the|about|what) [^.]{0,24}\b(?:when|signed|terms)\b",
    r"\byou (?:really |clearly |probably |obviously |just |simply )?(?:should|ought to|could|might)(?:'ve| have| of|"
    r"a)?(?: just| really| simply)? (?:told|read|checked|called|asked|known|thought|said|paid|kept|noticed|listened|"
    r"rung|phoned|emailed|restarted|come|done|reported|backed|looked|made|taken|mentioned|planned|cancelled|canceled|"
    r"paid|been more|been paying|used|seen|followed|understood|realised|realized|set|tried|turned|stayed|contacted|"
    r"gone|brought|saved|remembered|complained|spoken|raised|considered|not )\b",
    r"\byou(?: really)? should(?:'ve| have| of) (?:never|better|at least)\b",
    r"\byou (?:could|should|might)(?:'ve| have| of) just [a-z]+\b",
    r"\bwhy (?:on earth |the hell |ever )*(?:didn't|did you not|don't|wouldn't|haven't) you (?:just |even |"
    r"simply )?(?:tell|read|check|call|ask|say|pay|mention|look|listen|report|do|come|think|notice|cancel|try|use|pay|"
    r"contact|complain|raise|see|go)\b",
    r"\bwhy did you (?:wait|sign|agree|click|ignore|not|even|buy|press|leave)\b",
    r"\byou (?:signed|agreed to|clicked|chose|accepted|ticked|opted|wanted|bought|asked for) (?:it|this|that|the|"
    r"up for)\b[^.]{0,40}(?:yourself|didn't you|so |remember|after all|contract|terms|conditions|$)",
    r"\b(?:it's|it is|it was|that's|that is|this is)(?: all| just| really| entirely| clearly| probably)? (?:on you\b|"
    r"your (?:own )?(?:fault|problem|mistake|responsibility|doing|choice|carelessness|issue|loss))",
    r"\byour own (?:fault|mistake|carelessness|doing|stupid\w*|problem)\b",
    r"\byou(?:'ve| have)? only (?:got )?yourself to blame\b",
    r"\byou (?:must|probably|obviously|clearly) (?:have |just |'ve )?(?:done something|press\w*|misread|misunder\w+|"
    r"forg\w+|entered|typed|got it wrong|been careless|ignored|didn't|broke|messed|did something|dropped)\b",
    r"\bblame yourself\b", r"\bserves you right\b",
    r"\b(?:please |just |go and |go |you should |you need to |you'd better |try |have you (?:even )?|did you (?:even |"
    r"not |actually )?|didn't you (?:even )?|maybe |perhaps |next time |why don't you )+(?:read(?:ing)?|check|look at|"
    r"re-?read)(?: through| over)? (?:your|the|that|our)(?: \w+)? ?(?:contract|terms|agreement|fine print|small print|"
    r"manual|conditions|instructions|faq|website|policy|rules|notice)\b",
    r"^ ?read (?:the|your|our)(?: \w+)? ?(?:contract|terms|agreement|fine print|small print|manual|conditions|faq|"
    r"website|policy)\b",
    r"\b(?:it's|it is|that's|that is|they're|they are|everything is)(?: all| clearly| right there| clearly stated|"
    r" plainly| written| stated| there)* (?:in|on) (?:the|your) (?:contract|terms|agreement|small print|fine print|"
    r"website|paperwork)(?: you signed)?(?: ?$|,| if you| you)", r"\bread it(?: again| properly| yourself)\b",
    r"\bin black and white\b", r"\bcan(?:'t|not) you (?:read|hear|understand|see|listen)\b",
    r"\bdon't you (?:understand|get it|listen|read|know (?:how|anything|that))\b",
    r"\b(?:as|like) i(?:'ve| have)?(?: already| just)? (?:said|told you|explained|keep saying)(?: (?:already|before|"
    r"many times|\w+ times|a (?:hundred|thousand|million) times))\b",
    r"\bi(?:'ve| have)? (?:already |just )+(?:told you|explained (?:this|that|it)(?: to you)?|said (?:that|so|this))\b",
    r"\bhow many (?:more )?times (?:do|must|have|should|am) i\b",
    r"\bi(?:'ve| have)? told you (?:\w+ )?(?:times|twice|before|already|a (?:hundred|thousand|million))\b",
    r"\b(?:which|what) part of (?:that|this|it|no|my) (?:don't|didn't|do|are)?\b",
    r"\bare you (?:even )?(?:deaf|listening|stupid|blind|slow)\b",
    r"\byou(?:'re| are)(?: just| simply)? not (?:listening|making (?:any )?sense|getting it)\b",
    r"\byou (?:don't|do not|clearly don't) (?:listen|understand (?:anything|how|what i|english)|know what you're)\b",
    r"\bi (?:don't|do not|can't|cannot) (?:really )?(?:understand|see|get) why you(?:'re| are) (?:so |even |this |"
    r"getting |making |being )*(?:upset|angry|complaining|mad|worked|such|a fuss|bothered|shouting|calling|annoyed|"
    r"frustrated)", r"\bwhat(?:'s| is) (?:your|the big) (?:problem|deal|issue) ?(?:with|$)",
    r"\b(?:stupid|idiot|moron|dumb|shut up|nonsense|rubbish complaint|are you (?:crazy|lying)|liar)\b",
    r"\bmaybe next time\b",
    r"\bif you(?:'d| had) (?:just |only |actually |bothered to )*(?:read|checked|check|called|paid|listened|told|"
    r"looked|asked|followed)\b",
)  # fmt: skip
SHRUG = either(
    r"\bhow is (?:that|this|it) (?:my|our) (?:fault|problem)\b",
    r"\bno point (?:in )?(?:complaining|shouting|calling|arguing)\b",
    r"\b(?:there's|there is|there isn't|there's really|there is really|i see)? ?(?:nothing|not much|not a thing|"
    r"not anything|isn't (?:anything|much)) (?:else |more |that )?(?:i|we|anyone|anybody) (?:can|"
    r"could) (?:really )?do\b(?: (?:about (?:it|that|this)|for you|here|now|then))?",
    r"\b(?:i|we) (?:can't|cannot|can not|couldn't) (?:really )?(?:do anything|help(?: you)?(?: with (?:that|this|it|"
    r"your))?(?: any(?:more)?| here)?(?:$| ?,)|do much|change (?:that|it|the rules))",
    r"^ ?can't (?:really )?help(?: you)?(?: with (?:that|this|it))? ?$", r"\bmy hands are tied\b",
    r"\bcomputer says\b",
    r"\bwhat (?:do|did|would|exactly do|else do) you (?:want|expect|like) (?:me|us)(?: to (?:do|say))?\b",
    r"\bwhat am i supposed to\b",
    r"\bi (?:don't|do not) know what (?:else )?(?:you want|to (?:tell|say)|you expect)\b",
    r"\bhow (?:should|would|am) i (?:supposed to )?know\b", r"\bbeats me\b", r"\bno idea,? (?:sorry|mate|sir)?$",
    r"\bit's just (?:a few|a couple|one|two|three|five|ten|\d+|some|a small|a little)\b[^.]{0,20}\b(?:dollars?|yuan|"
    r"bucks|cents?|minutes?|hours?|days?|quid|euros?|pounds?|pennies|change|glitch|delay|thing|money)\b",
    r"\b(?:it's|it is|that's|this is|that is)? ?(?:only|just|merely) (?:a few|a couple of|one|two|three|five|ten|\d+|"
    r"a|some) (?:\w+ )?(?:dollars?|yuan|bucks|cents?|quid|euros?|pounds?|pennies|change)\b ?(?:$|so|why|,|after all|"
    r"for)",
    r"\b(?:it's|it is|that's|this is|really|is)? ?(?:not|no|hardly|isn't|not really|not such|isn't such) (?:a |that |"
    r"such a |the end of |really a |really )?(?:big (?:a )?deal|the end of the world|end of the world|world ending|"
    r"serious|bad|disaster|huge|major thing|worth (?:getting|shouting|the fuss|complaining|your|all this))\b",
    r"\bend of the world\b", r"\bno big deal\b", r"\bbig deal\b[^.]{0,3}$",
    r"\bworse things happen\b", r"\bfirst[- ]world\b",
    r"\bmaking (?:a )?(?:mountain|such a fuss|a fuss|a scene|a big|too much)\b",
    r"\b(?:that's|that is|it's|it is|those are|them's|this is|sorry that's)(?: just| simply| only)? (?:the (?:rule|"
    r"rules|policy|way it is|way it works|system|procedure|breaks)|our (?:policy|rule|rules|procedure)|company policy|"
    r"policy|life|how it (?:is|works|goes)|how things are|what it is)(?: here)? ?(?:$|so|and|,|sir|madam|ma'am|take)",
    r"\bjust (?:the )?(?:company )?policy\b",
    r"\b(?:rules are rules|policy is policy|terms are terms|a contract is a contract)\b", r"\bit is what it is\b",
    r"\bthat's just how\b", r"\bi (?:don't|do not|didn't) (?:make|write|set) the rules\b", r"\bi just follow\b",
    r"^ ?(?:oh |yeah |well |and )?(?:whatever|so what|who cares|not again|boo[- ]hoo|yeah right|cry me)\b ?$",
    r"\bwhatever you say\b", r"\byou(?:'ll| will)? (?:survive|live|get over it|be fine without)\b",
    r"\beveryone (?:else )?(?:is|seems|has|pays|manages|had)(?: to)? (?:fine|happy|ok|okay|managing|the same|it|gets|"
    r"used|pay)\b",
    r"\b(?:nobody|no one|no other customer|"
    r"none of our (?:other )?customers) (?:else )?(?:has )?(?:ever )?(?:complain\w*|minds|cares|bothers)",
    r"\bthere's nothing to (?:be upset|complain|get upset|worry yourself) about\b",
    r"\b(?:things|mistakes|delays|outages|these things|stuff|it) (?:just )?happens?\b ?(?:$|,|all the time|sometimes|"
    r"to everyone)", r"\bit(?: just)? happens (?:to everyone|all the time|sometimes)?",
    r"\bnot worth (?:my|our|your) time\b",
    r"\bi(?:'m| am) not going to (?:argue|listen|discuss|repeat|waste|explain)\b", r"\bget a life\b",
    r"\bwhat(?:'s| is) the (?:big )?(?:fuss|deal|drama)\b", r"\bcry about\b",
    r"\bmaking (?:such )?(?:a )?(?:big )?(?:deal|fuss|drama)\b", r"\bwast(?:e|ing) (?:my|our|everyone's) time\b",
    r"\bcan't be bothered\b",
)  # fmt: skip

HELPS = Pattern(
    r"\b(?:i'll|i will|i can|let me|i'm going to|i am going to|we'll|we will|i'd be happy to|i'm|i have|"
    r"i've)(?: \w+){0,2} (?:transfer\w*|connect\w*|put\w* you|open\w*|rais\w+|escalat\w+|pass\w*|get (?:them|you|the|"
    r"someone|a)|contact\w*|call\w*|ask\w*|chas\w+|log(?:ged|ging)?|creat\w+|hand\w*|stay\w*|tak\w+ (?:this|it|"
    r"ownership)|follow\w*|arrang\w+|speak\w*|bring\w*|find|own|check\w*|make sure|forward\w*|book\w*|send\w*|sent|"
    r"help|reach\w*|liaise|coordinate|look\w*|explain\w*|offer)\b"
)  # fmt: skip
CONCEDES = Pattern(r"\b(?:even (?:if|though)|although|though|while|whilst|technically|normally|usually)\b")
_NOT_MEANT = (
    r"\b(?:not (?:calling|accusing|suggesting|implying|blaming)|nobody|no one|i don't think|i do not think|"
    r"never)\b[^.]{0,28}$"
)  # fmt: skip
DENIED = Pattern(_NOT_MEANT,
    r"(?:\bnot|n't) $|\b(?:not (?:asking|telling|saying|here to|going to (?:say|tell|ask)|want)|won't|never|wouldn't|"
    r"shouldn't|mustn't|didn't (?:mean|say|tell|ask)|don't (?:want|mean|say|tell|think)|must not|should not|"
    r"not supposed to|avoid|rather than|instead of|i'm sorry i|sorry (?:that )?(?:i|we|he|she|they|my)|"
    r"apologi[sz]e that)\b[^.]{0,28}$"
)  # fmt: skip
REPORTED = Pattern(
    r"\b(?:you(?:'re)?|he|she|they|customers?|callers?|colleagues?|agents?|reps?|representatives?|someone|somebody|"
    r"anyone|salesman|technician|engineer|policy|script|shop|store|supervisor)\b[^.]{0,30}\b(?:said|says?|saying|told|"
    r"tell|mention\w*|wrote|heard|claim\w*|feel|felt|feels|think|thought|was|were|been|made|stated|asked|afraid|"
    r"worried)\b[^.]{0,30}$",
    r"\b(?:if|so that|in case|whether|sounds? like|sounded like|as if|as though|felt like|you mean)\b[^.]{0,30}$",
)  # fmt: skip
OFFERED = Pattern(
    r"\b(?:if you (?:like|prefer|want|wish|would)|you can also|also|alternatively|happy to|option|either|"
    r"or)\b[^.]{0,40}$|^ ?(?:you can|you could|you may|feel free)\b[^.]{0,10}$"
)  # fmt: skip
